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
    private readonly ConcurrentBag<(IMethodSymbol Method, SyntaxNode Target)> _assignments = [];

    private bool IsChaincode => scope.Chaincode is { } chaincode
        && type.AllInterfaces.Contains(chaincode, SymbolEqualityComparer.Default);

    /// <summary>The variable, parameter or member of the object in which a target is: `_cache` of `_cache["a"].Length`.
    /// </summary>
    public static IOperation RootOf(IOperation target)
    {
        while (true)
        {
            var owner = target switch
            {
                IMemberReferenceOperation { Instance: { } instance } => instance.Unconverted(),
                IArrayElementReferenceOperation element => element.ArrayReference.Unconverted(),
                _ => null,
            };
            if (owner is null or IInstanceReferenceOperation)
            {
                return target;
            }

            target = owner;
        }
    }

    /// <summary>
    /// Whether a root is a field or a property of the object, what its constructor was given, or an array of the type.
    /// </summary>
    public static bool IsKept(IOperation root) => root switch
    {
        IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true, Type: IArrayTypeSymbol } } => true,
        IFieldReferenceOperation or IPropertyReferenceOperation => ((IMemberReferenceOperation)root).Instance
            is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance },
        IParameterReferenceOperation
        {
            Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor },
        } => true,
        _ => false,
    };

    public void FindAssignment(OperationAnalysisContext context, IOperation target)
    {
        if (context.ContainingSymbol is IMethodSymbol { MethodKind: not MethodKind.Constructor } method
            && SymbolEqualityComparer.Default.Equals(method.ContainingType, type) && IsKept(RootOf(target)))
        {
            _assignments.Add((method, target.Syntax));
        }
    }

    public void Report(SymbolAnalysisContext context)
    {
        if (_assignments.IsEmpty)
        {
            return;
        }

        bool isOfTransactions = IsChaincode || type.GetMembers().OfType<IMethodSymbol>().Any(IsNamed);
        foreach (var (method, target) in _assignments)
        {
            if (IsNamed(method)
                || isOfTransactions && method.Parameters.Any(parameter => IsTransaction(parameter.Type)))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.KeptState, target.GetLocation(), ContractScope.Named(target)));
            }
        }
    }

    private bool IsNamed(IMethodSymbol method) => scope.Transactions.Named(method) != TransactionKinds.None;

    private bool IsTransaction(ITypeSymbol one) => SymbolEqualityComparer.Default.Equals(one, scope.Stub)
        || SymbolEqualityComparer.Default.Equals(one, scope.Context);
}
