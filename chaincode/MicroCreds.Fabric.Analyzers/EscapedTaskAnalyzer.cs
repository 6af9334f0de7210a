using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Finds tasks that nobody waits for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EscapedTaskAnalyzer : ContractAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.EscapedTask);

    private protected override void Register(CompilationStartAnalysisContext start, ContractScope scope)
    {
        start.RegisterOperationAction(one => CheckStatement(one, scope), OperationKind.ExpressionStatement);
        start.RegisterOperationAction(one => CheckFunction(one, scope), OperationKind.AnonymousFunction);
        start.RegisterOperationAction(one => CheckLocal(one, scope), OperationKind.LocalFunction);
        start.RegisterSymbolAction(CheckMethod, SymbolKind.Method);
    }

    private static void CheckStatement(OperationAnalysisContext context, ContractScope scope)
    {
        var expression = ((IExpressionStatementOperation)context.Operation).Operation;
        var value = expression is ISimpleAssignmentOperation { Target: IDiscardOperation } assignment
            ? assignment.Value.Unconverted()
            : expression;
        if (value is IInvocationOperation && IsTask(value.Type))
        {
            scope.Report(context, Rules.EscapedTask, value);
        }
    }

    private static void CheckFunction(OperationAnalysisContext context, ContractScope scope)
    {
        var function = (IAnonymousFunctionOperation)context.Operation;
        if (function.Symbol is { IsAsync: true, ReturnsVoid: true })
        {
            scope.Report(context, Rules.EscapedTask, function, "async void");
        }
    }

    private static void CheckLocal(OperationAnalysisContext context, ContractScope scope)
    {
        var function = (ILocalFunctionOperation)context.Operation;
        if (function.Symbol is { IsAsync: true, ReturnsVoid: true })
        {
            scope.Report(context, Rules.EscapedTask, function, function.Symbol.Name);
        }
    }

    private static void CheckMethod(SymbolAnalysisContext context)
    {
        if (context.Symbol is IMethodSymbol { IsAsync: true, ReturnsVoid: true } method
            && method.Locations.FirstOrDefault(location => location.IsInSource) is { } location)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.EscapedTask, location, method.Name));
        }
    }

    private static bool IsTask(ITypeSymbol? type) =>
        type is { Name: "Task" or "ValueTask" }
        && type.ContainingNamespace.ToDisplayString() == "System.Threading.Tasks";
}
