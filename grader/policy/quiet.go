package policy

import (
	"go/ast"
	"go/token"
	"regexp/syntax"
	"slices"
	"strconv"
)

// quiet reports whether initialising the package of these files runs no code of theirs, cannot panic and cannot
// wait. It knows the forms that honest lessons use and takes everything else for loud.
func quiet(sources []source) bool {
	p := &pkg{
		types: make(map[string]ast.Expr), values: make(map[string]token.Token),
		under: make(map[string]ast.Expr), sizes: make(map[string]int64),
	}
	for _, s := range sources {
		if !s.whole {
			return false
		}
		p.declare(s.file)
	}
	for _, s := range sources {
		in := initial{pkg: p, imports: s.imports}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					return false
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR && !in.variables(d) {
					return false
				}
			}
		}
	}
	return true
}

// pkg is what all files of a package declare at its top level.
type pkg struct {
	types  map[string]ast.Expr    // what each type is declared as
	values map[string]token.Token // everything else, by keyword: func, var or const; these hide Go's own names

	under map[string]ast.Expr // what was found out so far, so that each type is looked at once
	sizes map[string]int64

	taken int64 // bytes that the values seen so far may take
}

func (p *pkg) declare(f *ast.File) {
	declarations(f, func(id *ast.Ident, keyword token.Token, as ast.Expr) {
		if keyword == token.TYPE {
			p.types[id.Name] = as
		} else {
			p.values[id.Name] = keyword
		}
	})
}

// initial judges the initial values of package variables in one file.
type initial struct {
	*pkg
	imports map[string]string
}

func (in initial) variables(d *ast.GenDecl) bool {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || v.Type != nil && !in.fits(len(v.Names), in.size(v.Type)) || !in.all(v.Values) {
			return false
		}
	}
	return true
}

func (in initial) all(list []ast.Expr) bool {
	return !slices.ContainsFunc(list, func(e ast.Expr) bool { return !in.plain(e) })
}

// plain reports whether evaluating e runs nothing, cannot fail and takes little memory.
func (in initial) plain(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit, *ast.Ident, *ast.FuncLit:
		return true
	case *ast.ParenExpr:
		return in.plain(e.X)
	case *ast.SelectorExpr:
		return in.qualified(e) != "" // a field or method of something may be that of nil
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && in.plain(e.X)
	case *ast.BinaryExpr:
		return in.constant(e) // the sum of two variables may be a long string
	case *ast.CompositeLit:
		return in.composite(e, e.Type)
	case *ast.CallExpr:
		return in.call(e)
	}
	return false
}

// constant reports whether e is made of constants, or of what costs as little as they do.
func (in initial) constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return !in.variable(e)
	case *ast.ParenExpr:
		return in.constant(e.X)
	case *ast.SelectorExpr:
		return in.qualified(e) != ""
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && in.constant(e.X)
	case *ast.BinaryExpr:
		return operator(e) && in.constant(e.X) && in.constant(e.Y)
	case *ast.CallExpr:
		return len(e.Args) == 1 && in.conversion(e.Fun) && in.constant(e.Args[0])
	}
	return false
}

// variable reports whether id is a variable or function of this package.
func (in initial) variable(id *ast.Ident) bool {
	tok, ok := in.values[id.Name]
	return ok && tok != token.CONST
}

// operator reports whether e's operator cannot panic: division by what may be zero can, so can shifts by what may
// be negative and comparing interfaces.
func operator(e *ast.BinaryExpr) bool {
	switch e.Op {
	case token.ADD, token.SUB, token.MUL, token.AND, token.OR, token.XOR, token.AND_NOT, token.LAND, token.LOR:
		return true
	case token.QUO, token.REM, token.SHL, token.SHR:
		_, ok := e.Y.(*ast.BasicLit)
		return ok
	}
	return false
}

// composite judges a literal of type t, which the literal may leave out where it is an element of another; nil is
// a type that is not known here.
func (in initial) composite(e *ast.CompositeLit, t ast.Expr) bool {
	if t != nil && !in.fits(1, in.size(t)) {
		return false
	}
	under := in.underlying(t)
	elem, _ := element(under)
	if size, ok := in.elements(under); ok && !in.fits(len(e.Elts), size) {
		return false
	}
	for _, elt := range e.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if !in.key(kv.Key, under) {
				return false
			}
			elt = kv.Value
		}
		if inner, ok := elt.(*ast.CompositeLit); ok && inner.Type == nil {
			if star, ok := elem.(*ast.StarExpr); ok {
				elem = star.X // &T may be left out too
			}
			if !in.composite(inner, elem) {
				return false
			}
		} else if !in.plain(elt) {
			return false
		}
	}
	return true
}

// key reports whether e is the name of a field, a key that every map can hold, or an index that does not make the
// literal longer. A variable is none of them: it may be an interface around a slice, at which a map panics.
func (in initial) key(e, under ast.Expr) bool {
	lit, isLit := e.(*ast.BasicLit)
	id, isIdent := e.(*ast.Ident)
	switch under := under.(type) {
	case *ast.MapType:
		return in.constant(e) && !calls(e) // []byte("a") is no key
	case *ast.ArrayType:
		_, sized := under.Len.(*ast.BasicLit)
		return sized && in.constant(e) // elsewhere the largest index sets the length
	default:
		return isLit && lit.Kind == token.STRING || isIdent && in.values[id.Name] == token.ILLEGAL
	}
}

// calls reports whether there is a call or conversion in e.
func calls(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		_, call := n.(*ast.CallExpr)
		found = found || call
		return !found
	})
	return found
}

// call reports whether e is a conversion or a call that is known to be harmless with these arguments.
func (in initial) call(e *ast.CallExpr) bool {
	if in.conversion(e.Fun) {
		return in.all(e.Args) && (!in.copies(e.Fun) || literals(e.Args) || in.isNil(e.Args))
	}
	switch fun := e.Fun.(type) {
	case *ast.Ident:
		return in.values[fun.Name] == token.ILLEGAL && !e.Ellipsis.IsValid() && in.builtin(fun.Name, e.Args)
	case *ast.SelectorExpr:
		return in.imported(in.qualified(fun), e.Args)
	case *ast.ParenExpr:
		_, pointer := fun.X.(*ast.StarExpr)
		return pointer && in.isNil(e.Args) // (*Hub)(nil)
	}
	return false
}

func (in initial) isNil(args []ast.Expr) bool {
	if len(args) != 1 {
		return false
	}
	id, ok := args[0].(*ast.Ident)
	return ok && id.Name == "nil" && in.values["nil"] == token.ILLEGAL
}

// copies reports whether a conversion to what is written t can copy a string or its bytes, which may be long where they
// have a name.
func (in initial) copies(t ast.Expr) bool {
	switch t := in.underlying(t).(type) {
	case *ast.Ident:
		return t.Name == "string"
	case *ast.SelectorExpr:
		return in.qualified(t) == "encoding/json.RawMessage"
	case *ast.ArrayType:
		return true
	}
	return false
}

// conversion reports whether a call of fun is a conversion, and one that cannot fail; that of a slice to an array can.
func (in initial) conversion(fun ast.Expr) bool {
	if name, ok := fun.(*ast.SelectorExpr); ok {
		return slices.Contains([]string{
			"time.Duration", "net/http.HandlerFunc", "encoding/json.RawMessage",
		}, in.qualified(name))
	}
	if name, ok := fun.(*ast.Ident); ok && in.values[name.Name] != token.ILLEGAL {
		return false
	}
	switch t := in.underlying(fun).(type) {
	case *ast.Ident:
		return slices.Contains([]string{
			"bool", "byte", "rune", "string", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16",
			"uint32", "uint64", "uintptr", "float32", "float64", "complex64", "complex128", "any", "error",
		}, t.Name)
	case *ast.ArrayType:
		return t.Len == nil
	case *ast.StructType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.InterfaceType:
		return true
	}
	return false
}

func (in initial) builtin(name string, args []ast.Expr) bool {
	if _, hidden := in.types[name]; hidden || len(args) == 0 {
		return false
	}
	switch name {
	case "make":
		for _, size := range args[1:] {
			n, ok := smallNumber(size)
			if each, has := in.elements(in.underlying(args[0])); !ok || !has || !in.fits(n, each) {
				return false
			}
		}
		return true
	case "new":
		return in.fits(1, in.size(args[0]))
	case "len", "cap":
		return in.all(args)
	case "append":
		_, fresh := args[0].(*ast.CompositeLit) // to append to what has a name may copy it
		return fresh && in.all(args)
	}
	return false
}

// imported reports whether calling a function of another package is harmless: it runs no code of the student's,
// and with these very arguments it does not panic.
func (in initial) imported(name string, args []ast.Expr) bool {
	switch name {
	case "context.Background", "context.TODO", "time.Now", "container/list.New", "net/http.NewServeMux":
		return len(args) == 0
	case "errors.New", "fmt.Errorf":
		return literals(args)
	case "strings.NewReplacer":
		return literals(args) && len(args)%2 == 0
	case "regexp.MustCompile":
		return len(args) == 1 && literals(args) && in.cheapPattern(args[0].(*ast.BasicLit).Value)
	}
	return false
}

// cheapPattern reports whether the regular expression in a string literal is one, and compiles to little. It is
// parsed only, which takes no longer than the pattern is; repetitions grow when it is compiled.
func (in initial) cheapPattern(literal string) bool {
	const most, each = 1000, 100 // instructions, more or less, and bytes that one takes
	pattern, err := strconv.Unquote(literal)
	if err != nil {
		return false
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	return err == nil && weight(re) <= most && in.fits(weight(re), each)
}

func weight(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n += weight(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(1, re.Min, re.Max) // the parser refuses more than 1000, nested ones multiplied
	}
	return n
}

// literals reports whether all of args are literals: no argument has a method that would be called.
func literals(args []ast.Expr) bool {
	return !slices.ContainsFunc(args, func(e ast.Expr) bool {
		_, ok := e.(*ast.BasicLit)
		return !ok
	})
}

// qualified returns "path.Name" where e names something of an imported package, "" where it is anything else.
func (in initial) qualified(e *ast.SelectorExpr) string {
	id, ok := e.X.(*ast.Ident)
	if !ok || in.values[id.Name] != token.ILLEGAL {
		return ""
	}
	if p, ok := in.imports[id.Name]; ok {
		return p + "." + e.Sel.Name
	}
	return ""
}
