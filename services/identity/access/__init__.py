"""What somebody's levels and grants come to: before they are saved, and how they came to be what they are."""
