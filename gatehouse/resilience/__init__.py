"""The fuse box: what keeps a failing part from taking the house with it."""
