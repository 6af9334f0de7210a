using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>One function's calls of the ledger: a method's, or those of a transaction written inside one.</summary>
internal sealed class TransactionBody
{
    private static readonly string[] Writing = ["Put", "Delete", "Purge", "Set", "Clear"];

    private readonly List<IInvocationOperation> _calls = [];
    private readonly List<IInvocationOperation> _others = [];
    private readonly IOperation _root;
    private readonly TransactionKinds _kinds;
    private readonly ContractScope _scope;
    private IReadOnlyList<(IInvocationOperation At, TransactionBody Body)>? _helpers;

    private TransactionBody(IOperation root, TransactionKinds kinds, ContractScope scope) =>
        (_root, _kinds, _scope) = (root, kinds, scope);

    /// <summary>Whether it is evaluated, and so must not write.</summary>
    public bool Evaluates => _kinds.HasFlag(TransactionKinds.Evaluation);

    /// <summary>Whether it is submitted. Where nothing else tells, it is known by its writes.</summary>
    public bool Submits => _kinds.HasFlag(TransactionKinds.Submission)
        || !Evaluates && (Writes.Any() || _helpers is not null && _helpers.Any(helper => helper.Body.Writes.Any()));

    /// <summary>Calls of the stub, in the order of the text.</summary>
    public IReadOnlyList<IInvocationOperation> Calls => _calls;

    public IEnumerable<IInvocationOperation> Writes => _calls.Where(IsWrite);

    /// <summary>What it calls of its own type and file, each with where it does: one level deep.</summary>
    public IReadOnlyList<(IInvocationOperation At, TransactionBody Body)> Helpers => _helpers ?? [];

    /// <summary>Finds the bodies in a block: its own, and one for each transaction written inside it.</summary>
    public static IReadOnlyList<TransactionBody> In(IOperation block, ISymbol owner, ContractScope scope)
    {
        var bodies = new List<TransactionBody>();
        var kinds = owner is IMethodSymbol method ? scope.Transactions.Of(method) : TransactionKinds.None;
        Collect(block, Add(bodies, block, kinds, scope), bodies);
        foreach (var body in bodies)
        {
            body.FindHelpers();
        }

        return bodies;
    }

    private static bool IsWrite(IInvocationOperation call) =>
        Writing.Any(word => call.TargetMethod.Name.StartsWith(word, StringComparison.Ordinal));

    private static void Collect(IOperation operation, TransactionBody body, List<TransactionBody> bodies)
    {
        var scope = body._scope;
        if (operation is IInvocationOperation call)
        {
            bool isOfStub = SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, scope.Stub);
            (isOfStub ? body._calls : body._others).Add(call);
        }

        foreach (var child in operation.ChildOperations)
        {
            var kinds = child switch
            {
                IAnonymousFunctionOperation function => scope.Transactions.Given(function),
                ILocalFunctionOperation local => scope.Transactions.Of(local.Symbol),
                _ => TransactionKinds.None,
            };
            Collect(child, kinds == TransactionKinds.None ? body : Add(bodies, child, kinds, scope), bodies);
        }
    }

    private static TransactionBody Add(
        List<TransactionBody> bodies, IOperation root, TransactionKinds kinds, ContractScope scope)
    {
        var body = new TransactionBody(root, kinds, scope);
        bodies.Add(body);
        return body;
    }

    /// <summary>What has nothing to do with the ledger is not followed.</summary>
    private void FindHelpers()
    {
        if (_kinds != TransactionKinds.None || _calls.Count > 0)
        {
            _helpers = [.. _others.Select(call => (call, Called(call)!)).Where(helper => helper.Item2 is not null)];
        }
    }

    private TransactionBody? Called(IInvocationOperation call)
    {
        var method = call.TargetMethod.OriginalDefinition;
        if (call.SemanticModel is not { } model || method.DeclaringSyntaxReferences.FirstOrDefault() is not { } declared
            || declared.SyntaxTree != _root.Syntax.SyntaxTree || _root.Syntax.Span.Contains(declared.Span)
            || declared.Span.Contains(_root.Syntax.Span)
            || !SymbolEqualityComparer.Default.Equals(
                method.ContainingType, model.GetEnclosingSymbol(_root.Syntax.SpanStart)?.ContainingType)
            || model.GetOperation(declared.GetSyntax()) is not { } operation)
        {
            return null;
        }

        var bodies = new List<TransactionBody>();
        var body = Add(bodies, operation, _scope.Transactions.Of(method), _scope);
        Collect(operation, body, bodies);
        return body;
    }
}
