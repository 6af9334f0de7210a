using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Analyzers.Fixes;

/// <summary>Writes and reads text by the invariant culture.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InvariantCultureFix)), Shared]
public sealed class InvariantCultureFix()
    : ExpressionFix(Rules.TextByCultureId, "Use the invariant culture", ("System.Globalization", "CultureInfo"))
{
    private const string Invariant = "CultureInfo.InvariantCulture";

    private protected override (SyntaxNode Old, SyntaxNode New)? Mend(
        SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        // What is called within a hole is mended where it is; only a hole's own value is written by the whole text.
        if (node is InvocationExpressionSyntax inner && Mend(inner, model, cancellationToken) is { } mended)
        {
            return mended;
        }

        var outer = node;
        while (outer.Parent is ParenthesizedExpressionSyntax)
        {
            outer = outer.Parent;
        }

        if (outer.Parent is InterpolationSyntax { Parent: InterpolatedStringExpressionSyntax text })
        {
            return text.StringStartToken.ValueText.Length > 0
                ? (text, Parse($"string.Create({Invariant}, {text.WithoutTrivia().ToFullString()})"))
                : null;
        }

        return node switch
        {
            MemberAccessExpressionSyntax { Expression: { } type, Name.Identifier.ValueText: var name }
                when type.ToString().EndsWith("CultureInfo", System.StringComparison.Ordinal)
                    && name.EndsWith("Culture", System.StringComparison.Ordinal) => (node, Parse(Invariant)),
            _ => null,
        };
    }

    private static (SyntaxNode Old, SyntaxNode New)? Mend(
        InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method)
        {
            return null;
        }

        // Where the provider comes last in an overload, it is one argument more.
        bool isLast = method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().Any(other =>
            other.Parameters.Length == method.Parameters.Length + 1
            && other.Parameters.Last().Type.Name == "IFormatProvider"
            && other.Parameters.Take(method.Parameters.Length).Zip(method.Parameters, (a, b) =>
                SymbolEqualityComparer.Default.Equals(a.Type, b.Type)).All(same => same));
        return isLast ? (call, With(call, Invariant)) : null;
    }
}
