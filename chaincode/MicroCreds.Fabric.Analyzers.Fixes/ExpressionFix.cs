using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Analyzers.Fixes;

/// <summary>Replaces one expression by another, and adds the using directives that this needs.</summary>
public abstract class ExpressionFix : CodeFixProvider
{
    private readonly string _rule;
    private readonly string _title;
    private readonly (string Namespace, string Type)[] _needed;

    /// <param name="rule">The rule.</param>
    /// <param name="title">What it does.</param>
    /// <param name="needed">Types that it may name, or whose extensions it uses, each with its namespace.</param>
    private protected ExpressionFix(string rule, string title, params (string Namespace, string Type)[] needed)
    {
        (_rule, _title, _needed) = (rule, title, needed);
        FixableDiagnosticIds = ImmutableArray.Create(rule);
    }

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not { } node
                || model is null || Mend(node, model, context.CancellationToken) is not { } mend)
            {
                continue;
            }

            context.RegisterCodeFix(
                CodeAction.Create(_title, _ => Task.FromResult(Apply(context.Document, root, model, mend)), _rule),
                diagnostic);
        }
    }

    /// <summary>Returns what to replace by what; null where this fix does not know how.</summary>
    private protected abstract (SyntaxNode Old, SyntaxNode New)? Mend(
        SyntaxNode node, SemanticModel model, CancellationToken cancellationToken);

    private protected static ExpressionSyntax Parse(string text) => SyntaxFactory.ParseExpression(text);

    /// <summary>Returns a call with one argument more.</summary>
    private protected static InvocationExpressionSyntax With(InvocationExpressionSyntax call, string argument) =>
        call.AddArgumentListArguments(SyntaxFactory.Argument(Parse(argument)));

    /// <summary>Returns an expression as what a member can be asked of.</summary>
    private protected static string Operand(ExpressionSyntax expression) => expression.WithoutTrivia() switch
    {
        IdentifierNameSyntax or GenericNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax
            or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax or ThisExpressionSyntax
            or BaseObjectCreationExpressionSyntax or LiteralExpressionSyntax =>
            expression.WithoutTrivia().ToFullString(),
        var other => $"({other.ToFullString()})",
    };

    private Document Apply(
        Document document, SyntaxNode root, SemanticModel model, (SyntaxNode Old, SyntaxNode New) mend)
    {
        var changed = root.ReplaceNode(mend.Old, mend.New.WithTriviaFrom(mend.Old));
        foreach (var (@namespace, type) in _needed)
        {
            // An implicit using may have it already.
            if (changed is CompilationUnitSyntax unit
                && model.LookupNamespacesAndTypes(mend.Old.SpanStart, name: type).IsEmpty)
            {
                changed = unit.AddUsings(SyntaxFactory.UsingDirective(
                    SyntaxFactory.ParseName(@namespace).WithLeadingTrivia(SyntaxFactory.Space))
                    .WithTrailingTrivia(SyntaxFactory.LineFeed));
            }
        }

        return document.WithSyntaxRoot(changed);
    }
}
