using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Analyzers.Fixes;

/// <summary>Compares and sorts text by its characters, and changes its case without a culture.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OrdinalFix)), Shared]
public sealed class OrdinalFix() : ExpressionFix(Rules.ComparisonByCultureId, "Compare ordinally", "System")
{
    private protected override (SyntaxNode Old, SyntaxNode New)? Mend(
        SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) => node switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call => Mend(call, member),
            BaseObjectCreationExpressionSyntax { ArgumentList: { Arguments.Count: 0 } arguments } =>
                (arguments, arguments.AddArguments(SyntaxFactory.Argument(Parse("StringComparer.Ordinal")))),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CurrentCulture" } member =>
                (member, member.WithName(SyntaxFactory.IdentifierName("Ordinal"))),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CurrentCultureIgnoreCase" } member =>
                (member, member.WithName(SyntaxFactory.IdentifierName("OrdinalIgnoreCase"))),
            _ => null,
        };

    private static (SyntaxNode Old, SyntaxNode New)? Mend(
        InvocationExpressionSyntax call, MemberAccessExpressionSyntax member) => member.Name.Identifier.ValueText switch
        {
            "ToLower" => (member, member.WithName(SyntaxFactory.IdentifierName("ToLowerInvariant"))),
            "ToUpper" => (member, member.WithName(SyntaxFactory.IdentifierName("ToUpperInvariant"))),
            "StartsWith" or "EndsWith" or "IndexOf" or "LastIndexOf" => (call, With(call, "StringComparison.Ordinal")),
            "CompareTo" when call.ArgumentList.Arguments.Count == 1 =>
                (call, Parse($"string.CompareOrdinal({member.Expression}, {call.ArgumentList.Arguments[0]})")),
            "Compare" when call.ArgumentList.Arguments.Count == 2 =>
                (call, Parse($"string.CompareOrdinal{call.ArgumentList}")),
            "Order" or "OrderDescending" or "OrderBy" or "OrderByDescending" or "ThenBy" or "ThenByDescending"
                or "Sort" => (call, With(call, "StringComparer.Ordinal")),
            _ => null,
        };
}
