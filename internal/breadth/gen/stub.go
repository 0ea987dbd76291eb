package gen

import (
	"path/filepath"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/templates"
)

// writeStub writes resolvers for tests: each asks one function for its answer.
func (p *Plugin) writeStub(data *codegen.Data) error {
	if p.Stub == "" {
		return nil
	}
	return templates.Render(templates.Options{
		PackageName: filepath.Base(filepath.Dir(p.Stub)), Filename: p.Stub, Data: &stub{file{data: data}}, GeneratedHeader: true,
		Packages: data.Config.Packages, Template: "{{ .Text }}", PruneOptions: data.Config.GetPruneOptions(),
	})
}

// stub is that file.
type stub struct{ file }

// Text is the file's text.
func (s *stub) Text() string {
	generated := s.data.Config.Exec.ImportPath()
	lookup("context")
	for _, o := range s.data.Objects {
		if !o.HasResolvers() {
			continue
		}
		name := strings.ToLower(o.Name[:1]) + o.Name[1:] + "Resolver"
		s.printf("// %s answers for the type's resolvers.", o.Name)
		s.printf("func (r *Resolvers) %s() %s.%sResolver { return %s{r} }\n", o.Name, lookup(generated), strings.ToUpper(o.Name[:1])+o.Name[1:], name)
		s.printf("type %s struct{ *Resolvers }\n", name)
		for _, f := range o.Fields {
			if f.IsResolver {
				s.method(name, f)
			}
		}
	}
	return s.out.String()
}

// method writes one resolver.
func (s *stub) method(receiver string, f *codegen.Field) {
	declaration, result, parents := f.ShortResolverDeclaration(), ref(f.TypeReference.GO), "nil"
	if f.IsBatch() && !f.IsRoot() {
		declaration, result, parents = f.ShortBatchResolverDeclaration(), "[]"+result, "objs"
	} else if !f.IsRoot() {
		parents = "obj"
	}
	if f.Stream {
		result = "<-chan " + result
	}
	args := ""
	for _, a := range f.Args {
		args += ", " + a.VarName
	}
	s.printf("func (r %s) %s%s {", receiver, f.GoFieldName, declaration)
	s.printf("return answer[%s](ctx, r.Resolvers, %q, %s%s)\n}\n", result, f.Object.Name+"."+f.Name, parents, args)
}
