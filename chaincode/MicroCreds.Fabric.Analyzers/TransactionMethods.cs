using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>
/// One type's methods that are run by transactions, and what they assign of the object: those that are given to a
/// contract's definition by name or are chaincode by themselves, and others of the type that take a transaction.
/// Thread-safe.
/// </summary>
internal sealed class TransactionMethods(INamedTypeSymbol type, ContractScope scope)
{
    private readonly ConcurrentDictionary<ISymbol, bool> _handlers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentBag<(IMethodSymbol Method, SyntaxNode Target)> _assignments = [];

    private bool IsChaincode => scope.Chaincode is { } chaincode
        && type.AllInterfaces.Contains(chaincode, SymbolEqualityComparer.Default);

    /// <summary>Whether a target is a field or a property of the object, or what its constructor was given.</summary>
    public static bool IsOfObject(IOperation target) => target switch
    {
        IFieldReferenceOperation { Instance: IInstanceReferenceOperation } => true,
        IPropertyReferenceOperation
        {
            Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance },
        } => true,
        IParameterReferenceOperation
        {
            Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor },
        } => true,
        _ => false,
    };

    public void FindHandler(OperationAnalysisContext context)
    {
        if (context.Operation is IMethodReferenceOperation reference && TransactionBody.IsHandler(reference, scope))
        {
            _handlers.TryAdd(reference.Method.OriginalDefinition, true);
        }
    }

    public void FindAssignment(OperationAnalysisContext context, IOperation target)
    {
        if (context.ContainingSymbol is IMethodSymbol { MethodKind: not MethodKind.Constructor } method
            && SymbolEqualityComparer.Default.Equals(method.ContainingType, type) && IsOfObject(target))
        {
            _assignments.Add((method, target.Syntax));
        }
    }

    public void Report(SymbolAnalysisContext context)
    {
        bool isOfTransactions = IsChaincode || !_handlers.IsEmpty;
        foreach (var (method, target) in _assignments)
        {
            if (_handlers.ContainsKey(method.OriginalDefinition)
                || isOfTransactions && method.Parameters.Any(parameter => IsTransaction(parameter.Type)))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.KeptState, target.GetLocation(), ContractScope.Named(target)));
            }
        }
    }

    private bool IsTransaction(ITypeSymbol one) => SymbolEqualityComparer.Default.Equals(one, scope.Stub)
        || SymbolEqualityComparer.Default.Equals(one, scope.Context);
}
