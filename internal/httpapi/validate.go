package httpapi

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/leadgraph/leadgraph/internal/fault"
)

// ruleSet is the specification's rules. In production those that suggest names give way to their silent twins, since a suggestion
// tells what the schema has.
func ruleSet(suggestions bool) []validator.Rule {
	set := []validator.Rule{
		rules.FragmentsOnCompositeTypesRule, rules.KnownDirectivesRule, rules.KnownFragmentNamesRule, rules.KnownRootTypeRule,
		rules.LoneAnonymousOperationRule, rules.MaxIntrospectionDepth, rules.NoFragmentCyclesRule, rules.NoUndefinedVariablesRule,
		rules.NoUnusedFragmentsRule, rules.NoUnusedVariablesRule, rules.OverlappingFieldsCanBeMergedRule,
		rules.PossibleFragmentSpreadsRule, rules.ProvidedRequiredArgumentsRule, rules.SingleFieldSubscriptionsRule,
		rules.UniqueArgumentNamesRule, rules.UniqueDirectivesPerLocationRule, rules.UniqueFragmentNamesRule,
		rules.UniqueInputFieldNamesRule, rules.UniqueOperationNamesRule, rules.UniqueVariableNamesRule,
		rules.VariablesAreInputTypesRule, rules.VariablesInAllowedPositionRule,
	}
	if suggestions {
		return append(set, rules.FieldsOnCorrectTypeRule, rules.KnownArgumentNamesRule, rules.KnownTypeNamesRule,
			rules.ScalarLeafsRule, rules.ValuesOfCorrectTypeRule)
	}
	return append(set, rules.FieldsOnCorrectTypeRuleWithoutSuggestions, rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRuleWithoutSuggestions, rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRuleWithoutSuggestions)
}

// strictness is, for each operation, the variables that stand in a place that takes no null. Where such a variable is nullable by
// its own type it has a default, and an explicit null is all that is left to refuse.
type strictness map[*ast.OperationDefinition]map[string]bool

// validate checks a document against the schema and fills in its definitions. It keeps at most as many errors as are answered.
func (e *engine) validate(doc *ast.QueryDocument) (strict strictness, problems []*problem) {
	strict = strictness{}
	report := func(options ...validator.ErrorOption) {
		if len(problems) >= e.config.Limits.Errors {
			return
		}
		var err gqlerror.Error
		for _, set := range options {
			set(&err)
		}
		problems = append(problems, ofGraphQL(&err, fault.ValidationFailed))
	}
	observers := &validator.Events{}
	observers.OnValue(func(w *validator.Walker, v *ast.Value) {
		switch {
		case v.Kind == ast.ObjectValue && v.Definition != nil && v.Definition.IsLeafType() && v.Definition.BuiltIn:
			report(core.Message("%s cannot represent an object.", v.Definition.Name), core.At(v.Position)) // gqlparser forgets this one
		case v.Kind == ast.Variable && v.ExpectedType != nil && v.ExpectedType.NonNull && w.CurrentOperation != nil:
			if strict[w.CurrentOperation] == nil {
				strict[w.CurrentOperation] = map[string]bool{}
			}
			strict[w.CurrentOperation][v.Raw] = true
		}
	})
	for _, rule := range e.rules {
		rule.RuleFunc(observers, report)
	}
	validator.Walk(e.schema, doc, observers)
	return strict, problems
}

// ofGraphQL makes a parser's or validator's error a problem.
func ofGraphQL(err *gqlerror.Error, code fault.Code) *problem {
	p := &problem{fault: &fault.Error{Code: code, Message: err.Message}}
	if len(err.Locations) > 0 {
		p.pos = &ast.Position{Line: err.Locations[0].Line, Column: err.Locations[0].Column}
	}
	return p
}
