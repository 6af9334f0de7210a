using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>
/// Which methods are transactions: those that a contract's interface marks, and those that are given to a definition
/// by their names, anywhere in the compilation. Thread-safe.
/// </summary>
internal sealed class TransactionIndex
{
    private readonly Compilation _compilation;
    private readonly INamedTypeSymbol? _definition;
    private readonly INamedTypeSymbol? _evaluate;
    private readonly INamedTypeSymbol? _submit;
    private readonly Lazy<Dictionary<ISymbol, TransactionKinds>> _named;

    public TransactionIndex(Compilation compilation, INamedTypeSymbol? definition)
    {
        const string Protocol = "MicroCreds.Fabric.Protocol";
        _compilation = compilation;
        _definition = definition;
        _evaluate = compilation.GetTypeByMetadataName($"{Protocol}.EvaluateAttribute");
        _submit = compilation.GetTypeByMetadataName($"{Protocol}.SubmitAttribute");
        _named = new(FindNamed, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Returns what a method is by its marks and by its name.</summary>
    public TransactionKinds Of(IMethodSymbol method)
    {
        var kinds = Named(method);
        for (var one = method; one is not null; one = one.OverriddenMethod)
        {
            kinds |= Marked(one);
        }

        // A local function implements nothing.
        return method.MethodKind == MethodKind.LocalFunction || method.ContainingType is not { } type
            ? kinds
            : type.AllInterfaces.SelectMany(one => one.GetMembers().OfType<IMethodSymbol>())
                .Where(member => Marked(member) != TransactionKinds.None && SymbolEqualityComparer.Default.Equals(
                    type.FindImplementationForInterfaceMember(member), method))
                .Aggregate(kinds, (all, member) => all | Marked(member));
    }

    /// <summary>Returns what a method is by its name being given to a definition.</summary>
    public TransactionKinds Named(IMethodSymbol method) =>
        _named.Value.TryGetValue(method.OriginalDefinition, out var kinds) ? kinds : TransactionKinds.None;

    /// <summary>Returns what a function is by being given to a definition where it stands.</summary>
    public TransactionKinds Given(IOperation function)
    {
        var user = function.Parent;
        while (user is IConversionOperation or IDelegateCreationOperation or IParenthesizedOperation)
        {
            user = user.Parent;
        }

        return user is IArgumentOperation { Parent: IInvocationOperation call } && _definition is not null
            && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, _definition)
                ? call.TargetMethod.Name switch
                {
                    "Evaluate" => TransactionKinds.Evaluation,
                    "Submit" => TransactionKinds.Submission,
                    _ => TransactionKinds.Hook,
                }
                : TransactionKinds.None;
    }

    private TransactionKinds Marked(IMethodSymbol method) => method.GetAttributes().Aggregate(
        TransactionKinds.None,
        (kinds, mark) => kinds | mark.AttributeClass switch
        {
            null => TransactionKinds.None,
            var type when SymbolEqualityComparer.Default.Equals(type, _evaluate) => TransactionKinds.Evaluation,
            var type when SymbolEqualityComparer.Default.Equals(type, _submit) => TransactionKinds.Submission,
            _ => TransactionKinds.None,
        });

    private Dictionary<ISymbol, TransactionKinds> FindNamed()
    {
        var found = new Dictionary<ISymbol, TransactionKinds>(SymbolEqualityComparer.Default);
        var names = new HashSet<string>(_definition?.MemberNames ?? [], StringComparer.Ordinal);
        foreach (var tree in names.Count > 0 ? _compilation.SyntaxTrees : [])
        {
            var calls = tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call =>
                call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name }
                && names.Contains(name)).ToArray();
            if (calls.Length == 0)
            {
                continue;
            }

#pragma warning disable RS1030 // Another file may define what this one has; few calls have these names.
            var model = _compilation.GetSemanticModel(tree);
#pragma warning restore RS1030 // As above.
            foreach (var reference in calls.Select(call => model.GetOperation(call)).OfType<IInvocationOperation>()
                .SelectMany(call => call.Arguments)
                .SelectMany(argument => argument.Descendants().OfType<IMethodReferenceOperation>()))
            {
                var method = reference.Method.OriginalDefinition;
                found[method] = Given(reference) | (found.TryGetValue(method, out var known) ? known : default);
            }
        }

        return found;
    }
}
