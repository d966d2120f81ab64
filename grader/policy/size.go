package policy

import (
	"go/ast"
	"go/token"
	"strconv"
)

// A package variable or an allocation at start must not be large, for a large one can keep the whole binary from
// starting. Types are measured as they are written, an upper bound being enough.
const (
	maxSize   = 1 << 20 // bytes that one quiet value may take
	maxTotal  = 8 << 20 // and all of a package together
	maxNumber = 1 << 16 // of elements in a quiet make, array or slice
	wordSize  = 32      // at least what any type that is not made of others takes: interface, slice, string, complex
)

// unknownSize is that of an imported type: a few of the standard library's structs reach hundreds of bytes.
const unknownSize = 4 << 10

// fits reports whether there is room for n values of size bytes each, and takes it.
func (p *pkg) fits(n int, size int64) bool {
	if size > maxSize || int64(n)*size > maxSize {
		return false
	}
	p.taken += int64(n) * size
	return p.taken <= maxTotal
}

// size returns an upper bound in bytes, and more than maxSize for what it cannot tell.
func (p *pkg) size(t ast.Expr) int64 {
	switch t := t.(type) {
	case *ast.ParenExpr:
		return p.size(t.X)
	case *ast.StarExpr, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.InterfaceType:
		return wordSize
	case *ast.SelectorExpr:
		return unknownSize
	case *ast.IndexExpr:
		if _, imported := t.X.(*ast.SelectorExpr); imported { // atomic.Pointer[Room]: none holds its T itself
			return unknownSize
		}
	case *ast.Ident:
		return p.named(t.Name)
	case *ast.ArrayType:
		n := p.length(t.Len)
		if n == 0 {
			return wordSize
		}
		return min(n*p.size(t.Elt), maxSize+1)
	case *ast.StructType:
		sum := int64(wordSize)
		for _, f := range t.Fields.List {
			sum = min(sum+int64(max(1, len(f.Names)))*p.size(f.Type), maxSize+1)
		}
		return sum
	}
	return maxSize + 1
}

// named measures a type by its name. One that contains itself, which Go refuses, counts as too large.
func (p *pkg) named(name string) int64 {
	declared, ok := p.types[name]
	if !ok {
		return wordSize // Go's own, or subject.go's
	}
	if n, ok := p.sizes[name]; ok {
		return n
	}
	p.sizes[name] = maxSize + 1
	p.sizes[name] = p.size(declared)
	return p.sizes[name]
}

// length returns the number of elements of an array type, 0 for a slice and for [...], whose elements are written
// out, and more than maxSize where it is not a small literal.
func (p *pkg) length(e ast.Expr) int64 {
	if e == nil {
		return 0
	}
	if _, ok := e.(*ast.Ellipsis); ok {
		return 0
	}
	if n, ok := smallNumber(e); ok {
		return int64(n)
	}
	return maxSize + 1
}

// underlying follows the names of this package's types to what they are declared as.
func (p *pkg) underlying(t ast.Expr) ast.Expr {
	id, ok := t.(*ast.Ident)
	if !ok {
		return t
	}
	declared, ok := p.types[id.Name]
	if !ok {
		return t
	}
	if u, ok := p.under[id.Name]; ok {
		return u
	}
	p.under[id.Name] = nil // until it is known; stays so for a type that is itself
	p.under[id.Name] = p.underlying(declared)
	return p.under[id.Name]
}

// element is the type of the elements of a slice, array, map or channel, and of a map's keys; nil for any other type,
// and where there are no keys.
func element(t ast.Expr) (elem, key ast.Expr) {
	switch t := t.(type) {
	case *ast.ArrayType:
		return t.Elt, nil
	case *ast.MapType:
		return t.Value, t.Key
	case *ast.ChanType:
		return t.Value, nil
	}
	return nil, nil
}

// elements measures one element of a type that is made of them, with its key; it is false for any other type.
func (p *pkg) elements(t ast.Expr) (size int64, ok bool) {
	elem, key := element(t)
	if elem == nil {
		return 0, false
	}
	size = p.size(elem)
	if key != nil {
		size = min(size+p.size(key), maxSize+1)
	}
	return size, true
}

// smallNumber returns the value of e if it is a literal integer of at most maxNumber.
func smallNumber(e ast.Expr) (int, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.INT {
		return 0, false
	}
	n, err := strconv.ParseInt(lit.Value, 0, 64)
	return int(n), err == nil && n <= maxNumber
}
