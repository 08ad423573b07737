"""How clients belong together."""
