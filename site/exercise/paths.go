package exercise

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// A Path is something that the exercise serves: what a console may offer.
type Path struct {
	Method string `json:"method"` // "" if any will do
	Path   string `json:"path"`
}

// paths reads the patterns that a subject.go hands to its mux. A file that cannot be read has none.
func paths(file string) []Path {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	var found []Path
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || method.Sel.Name != "Handle" && method.Sel.Name != "HandleFunc" {
			return true
		}
		if lit, ok := call.Args[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				if p := pattern(text); !slices.Contains(found, p) {
					found = append(found, p)
				}
			}
		}
		return true
	})
	return found
}

func pattern(text string) Path {
	if method, path, ok := strings.Cut(text, " "); ok {
		return Path{method, strings.TrimSpace(path)}
	}
	return Path{Path: text}
}
