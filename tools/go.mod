// The developers' tools, apart from the server's own requirements so that none of theirs reach its binary.
module github.com/leadgraph/leadgraph/tools

go 1.26.0
