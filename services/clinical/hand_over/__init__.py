"""The coming appointments of somebody who left: the successor's, or for somebody to look at."""
