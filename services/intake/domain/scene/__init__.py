"""A scene: what people call one matter, and several items make up (一件事场景)."""
