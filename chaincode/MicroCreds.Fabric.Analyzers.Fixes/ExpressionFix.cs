using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MicroCreds.Fabric.Analyzers.Fixes;

/// <summary>Replaces one expression by another, and adds the using directive that this needs.</summary>
public abstract class ExpressionFix : CodeFixProvider
{
    private readonly string _rule;
    private readonly string _title;
    private readonly string? _namespace;

    private protected ExpressionFix(string rule, string title, string? @namespace = null)
    {
        (_rule, _title, _namespace) = (rule, title, @namespace);
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
                CodeAction.Create(_title, _ => Task.FromResult(Apply(context.Document, root, mend)), _rule),
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

    private Document Apply(Document document, SyntaxNode root, (SyntaxNode Old, SyntaxNode New) mend)
    {
        var changed = root.ReplaceNode(mend.Old, mend.New.WithTriviaFrom(mend.Old));
        if (_namespace is not null && changed is CompilationUnitSyntax unit
            && unit.Usings.All(one => one.Name?.ToString() != _namespace))
        {
            changed = unit.AddUsings(SyntaxFactory.UsingDirective(
                SyntaxFactory.ParseName(_namespace).WithLeadingTrivia(SyntaxFactory.Space))
                .WithTrailingTrivia(SyntaxFactory.LineFeed));
        }

        return document.WithSyntaxRoot(changed);
    }
}
