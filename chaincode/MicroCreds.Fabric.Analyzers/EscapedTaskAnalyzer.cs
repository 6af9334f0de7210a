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
        start.RegisterOperationAction(one => CheckVariable(one, scope), OperationKind.VariableDeclarator);
        start.RegisterOperationAction(one => CheckFunction(one, scope), OperationKind.AnonymousFunction);
        start.RegisterOperationAction(one => CheckLocal(one, scope), OperationKind.LocalFunction);
        start.RegisterSymbolAction(CheckMethod, SymbolKind.Method);
    }

    private static void CheckStatement(OperationAnalysisContext context, ContractScope scope)
    {
        var expression = ((IExpressionStatementOperation)context.Operation).Operation;
        var value = expression is ISimpleAssignmentOperation assignment
                && (assignment.Target is IDiscardOperation
                    || assignment.Target is ILocalReferenceOperation { Local: var local } && !IsRead(local, expression))
            ? assignment.Value.Unconverted()
            : expression;
        if (StartsTasks(value))
        {
            scope.Report(context, Rules.EscapedTask, value);
        }
    }

    /// <summary>A task that is kept where nobody looks.</summary>
    private static void CheckVariable(OperationAnalysisContext context, ContractScope scope)
    {
        var variable = (IVariableDeclaratorOperation)context.Operation;
        if (variable.Initializer?.Value.Unconverted() is { } value && StartsTasks(value)
            && !IsRead(variable.Symbol, variable))
        {
            scope.Report(context, Rules.EscapedTask, value);
        }
    }

    private static bool IsRead(ILocalSymbol local, IOperation at) => at.Ancestors().Last().Descendants().Any(one =>
        one is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local)
        && !(one.Parent is ISimpleAssignmentOperation assignment && assignment.Target == one));

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

    /// <summary>Whether an operation calls what returns a task, or several.</summary>
    private static bool StartsTasks(IOperation value) => value is IInvocationOperation { Type: { } type }
        && (IsTask(type) || type is IArrayTypeSymbol array && IsTask(array.ElementType) || IsTasks(type)
            || type.AllInterfaces.Any(IsTasks));

    private static bool IsTasks(ITypeSymbol type) => type is INamedTypeSymbol
    {
        OriginalDefinition.SpecialType: SpecialType.System_Collections_Generic_IEnumerable_T,
    } sequence && IsTask(sequence.TypeArguments[0]);

    private static bool IsTask(ITypeSymbol? type) =>
        type is { Name: "Task" or "ValueTask" }
        && type.ContainingNamespace.ToDisplayString() == "System.Threading.Tasks";
}
