using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Analyzers.Fixes;

/// <summary>Compares and sorts text by its characters, and changes its case without a culture.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OrdinalFix)), Shared]
public sealed class OrdinalFix()
    : ExpressionFix(Rules.ComparisonByCultureId, "Compare ordinally", ("System", "StringComparer"))
{
    private protected override (SyntaxNode Old, SyntaxNode New)? Mend(
        SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) => node switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call
                when model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol method
                    && method.Parameters.All(parameter => parameter.Type.Name != "CultureInfo") =>
                Mend(call, member, method.ContainingType.SpecialType == SpecialType.System_String),
            BaseObjectCreationExpressionSyntax { ArgumentList: { Arguments.Count: 0 } arguments } =>
                (arguments, arguments.AddArguments(SyntaxFactory.Argument(Parse("StringComparer.Ordinal")))),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Default" } member
                when model.GetTypeInfo(member, cancellationToken).ConvertedType?.TypeKind == TypeKind.Interface =>
                (member, Parse("StringComparer.Ordinal")),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CurrentCulture" } member =>
                (member, member.WithName(SyntaxFactory.IdentifierName("Ordinal"))),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CurrentCultureIgnoreCase" } member =>
                (member, member.WithName(SyntaxFactory.IdentifierName("OrdinalIgnoreCase"))),
            _ => null,
        };

    /// <param name="call">The call.</param>
    /// <param name="member">What is called.</param>
    /// <param name="isOfText">Whether it is a method of string: others have other overloads.</param>
    private static (SyntaxNode Old, SyntaxNode New)? Mend(
        InvocationExpressionSyntax call, MemberAccessExpressionSyntax member, bool isOfText) =>
        (member.Name.Identifier.ValueText, isOfText, call.ArgumentList.Arguments.Count) switch
        {
            ("ToLower", _, _) => (member, member.WithName(SyntaxFactory.IdentifierName("ToLowerInvariant"))),
            ("ToUpper", _, _) => (member, member.WithName(SyntaxFactory.IdentifierName("ToUpperInvariant"))),
            ("StartsWith" or "EndsWith" or "IndexOf" or "LastIndexOf", true, _) =>
                (call, With(call, "StringComparison.Ordinal")),
            ("CompareTo", true, 1) =>
                (call, Parse($"string.CompareOrdinal({member.Expression}, {call.ArgumentList.Arguments[0]})")),
            ("Compare", true, 2) => (call, Parse($"string.CompareOrdinal{call.ArgumentList}")),
            ("Order" or "OrderDescending" or "OrderBy" or "OrderByDescending" or "ThenBy" or "ThenByDescending"
                or "Sort" or "MaxBy" or "MinBy", _, _) => (call, With(call, "StringComparer.Ordinal")),
            ("Max" or "Min", _, 0) => (call, With(call, "StringComparer.Ordinal")),
            _ => null,
        };
}
