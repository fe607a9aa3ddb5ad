"""What a server needs besides the code: secrets made on the first start, and a database role with few rights."""
