"""The books on the shelf: taking one in, listing, status, deleting. Not what is made from them."""
