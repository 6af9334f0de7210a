using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Analyzers.Fixes;

/// <summary>Says what writing an empty value means: that the key is deleted.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeletionFix)), Shared]
public sealed class DeletionFix() : ExpressionFix(Rules.EmptyValueId, "Delete the key")
{
    private protected override (SyntaxNode Old, SyntaxNode New)? Mend(
        SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        var call = node.AncestorsAndSelf().OfType<InvocationExpressionSyntax>().FirstOrDefault(one =>
            one.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name }
            && name.StartsWith("Put", System.StringComparison.Ordinal));
        if (call?.Expression is not MemberAccessExpressionSyntax member)
        {
            return null;
        }

        // By its name, or by its place: arguments with names may stand in any order.
        int place = (model.GetSymbolInfo(call, cancellationToken).Symbol as IMethodSymbol)?.Parameters
            .FirstOrDefault(parameter => parameter.Name == "value")?.Ordinal ?? -1;
        var arguments = call.ArgumentList.Arguments;
        var value = arguments.FirstOrDefault(one => one.NameColon?.Name.Identifier.ValueText == "value")
            ?? (place >= 0 && place < arguments.Count && arguments[place].NameColon is null ? arguments[place] : null);
        if (value is null)
        {
            return null;
        }

        string deletion = "Delete" + member.Name.Identifier.ValueText.Substring("Put".Length);
        return (call, call
            .WithExpression(member.WithName(SyntaxFactory.IdentifierName(deletion)))
            .WithArgumentList(call.ArgumentList.WithArguments(arguments.Remove(value))));
    }
}
