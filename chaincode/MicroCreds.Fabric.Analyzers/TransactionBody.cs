using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>One function's calls of the ledger: a method's, or those of a transaction written as a lambda.</summary>
internal sealed class TransactionBody
{
    private static readonly string[] Writing = ["Put", "Delete", "Purge", "Set", "Clear"];

    private readonly List<IInvocationOperation> _calls = [];

    private TransactionBody(bool? isEvaluation) => IsEvaluation = isEvaluation;

    /// <summary>True in a lambda given to Evaluate, false in one given to Submit, null elsewhere.</summary>
    public bool? IsEvaluation { get; }

    /// <summary>Calls of the stub, in the order of the text.</summary>
    public IReadOnlyList<IInvocationOperation> Calls => _calls;

    public IEnumerable<IInvocationOperation> Writes => _calls.Where(IsWrite);

    /// <summary>A method is known to be of a submission by its own writes.</summary>
    public bool Submits => IsEvaluation == false || IsEvaluation is null && Writes.Any();

    public static bool IsWrite(IInvocationOperation call) =>
        Writing.Any(word => call.TargetMethod.Name.StartsWith(word, StringComparison.Ordinal));

    /// <summary>Finds the bodies in a block: its own, and one for each transaction written as a lambda in it.</summary>
    public static IReadOnlyList<TransactionBody> In(IOperation block, ContractScope scope)
    {
        var bodies = new List<TransactionBody>();
        Collect(block, Add(bodies, null), bodies, scope);
        return bodies;
    }

    /// <summary>Whether a lambda, or a method by its name, is given to a contract's definition.</summary>
    public static bool IsHandler(IOperation function, ContractScope scope) =>
        DefinedBy(function, scope) is not null;

    private static void Collect(
        IOperation operation, TransactionBody body, List<TransactionBody> bodies, ContractScope scope)
    {
        if (operation is IInvocationOperation call
            && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, scope.Stub))
        {
            body._calls.Add(call);
        }

        foreach (var child in operation.ChildOperations)
        {
            var inner = child is IAnonymousFunctionOperation function && DefinedBy(function, scope) is { } name
                ? Add(bodies, name switch { "Evaluate" => true, "Submit" => false, _ => null })
                : body;
            Collect(child, inner, bodies, scope);
        }
    }

    private static TransactionBody Add(List<TransactionBody> bodies, bool? isEvaluation)
    {
        var body = new TransactionBody(isEvaluation);
        bodies.Add(body);
        return body;
    }

    /// <summary>The name of the contract definition's method that a function is given to.</summary>
    private static string? DefinedBy(IOperation function, ContractScope scope)
    {
        IOperation? user = function.Parent;
        while (user is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
        {
            user = user.Parent;
        }

        return user is IArgumentOperation { Parent: IInvocationOperation call } && scope.Definition is not null
            && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, scope.Definition)
                ? call.TargetMethod.Name
                : null;
    }
}
