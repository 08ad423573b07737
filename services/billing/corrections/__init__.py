"""What corrects an issued invoice: void it, or accept an amendment; nothing issued is ever changed."""
