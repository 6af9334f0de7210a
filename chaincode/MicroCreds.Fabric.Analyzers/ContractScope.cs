using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Which code the rules are for.</summary>
/// <remarks>
/// An assembly that references the chaincode library, or whose project says <c>FabricContract</c>; not what is
/// generated, not a test project, and not the program's own start, which runs before there is a transaction. Who calls
/// whom through delegates and interfaces is not known when one method is looked at, so all the rest counts: a
/// suppression with its reason is cheaper than two peers that disagree.
/// </remarks>
internal sealed class ContractScope
{
    private const string Library = "MicroCreds.Fabric.Chaincode";

    private readonly IMethodSymbol? _start;
    private readonly INamedTypeSymbol? _exception;

    public ContractScope(
        Compilation compilation, AnalyzerConfigOptions options, CancellationToken cancellationToken)
    {
        IsInvariant = IsTrue(options, "InvariantGlobalization");
        _start = compilation.GetEntryPoint(cancellationToken);
        _exception = compilation.GetTypeByMetadataName("System.Exception");
        Stub = compilation.GetTypeByMetadataName($"{Library}.ChaincodeStub");
        Chaincode = compilation.GetTypeByMetadataName($"{Library}.IChaincode");
        Context = compilation.GetTypeByMetadataName($"{Library}.TransactionContext");
        Transactions = new TransactionIndex(
            compilation, compilation.GetTypeByMetadataName($"{Library}.ContractDefinition"));
    }

    /// <summary>Whether the program is built for one culture only.</summary>
    public bool IsInvariant { get; }

    /// <summary>The transaction's view of the ledger; null in a project that does not reference the library.</summary>
    public INamedTypeSymbol? Stub { get; }

    /// <summary>Which methods are transactions.</summary>
    public TransactionIndex Transactions { get; }

    /// <summary>What is chaincode by itself; null in a project that does not reference the library.</summary>
    public INamedTypeSymbol? Chaincode { get; }

    /// <summary>What contracts' transactions get; null in a project that does not reference the library.</summary>
    public INamedTypeSymbol? Context { get; }

    /// <summary>Returns whether the rules are for a compilation at all.</summary>
    public static bool Includes(Compilation compilation, AnalyzerConfigOptions options)
    {
        if (options.TryGetValue("build_property.FabricContract", out string? said)
            && bool.TryParse(said, out bool isOne))
        {
            return isOne;
        }

        return !IsTrue(options, "IsTestProject")
            && compilation.ReferencedAssemblyNames.Any(name => name.Name == Library);
    }

    /// <summary>Reports by a rule, unless the operation belongs to the program's start.</summary>
    public void Report(OperationAnalysisContext context, DiagnosticDescriptor rule, IOperation at, string? name = null)
    {
        if (Includes(context.ContainingSymbol, at))
        {
            context.ReportDiagnostic(Diagnostic.Create(rule, at.Syntax.GetLocation(), name ?? Named(at.Syntax)));
        }
    }

    public bool Includes(ISymbol containing, IOperation operation) =>
        !SymbolEqualityComparer.Default.Equals(containing, _start)
        || operation.Ancestors().Any(one => one is IAnonymousFunctionOperation or ILocalFunctionOperation);

    /// <summary>
    /// Returns whether the operation only makes an exception, or what is logged. A transaction that fails leaves
    /// nothing on the ledger, so peers need not agree why; nor on what each tells its own operator.
    /// </summary>
    public bool LeavesNothing(IOperation operation) => operation.Ancestors()
        .TakeWhile(one => one is not (IAnonymousFunctionOperation or ILocalFunctionOperation))
        .Any(one => one is IThrowOperation
            || one is IObjectCreationOperation or IInvocationOperation && IsException(one.Type)
            || one is IInvocationOperation call && Logs(call.TargetMethod.ContainingType));

    /// <summary>The text of a piece of code, short enough for a message.</summary>
    public static string Named(SyntaxNode node)
    {
        const int Longest = 60;
        string text = string.Join(" ", node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= Longest ? text : text.Substring(0, Longest) + "…";
    }

    private static bool IsTrue(AnalyzerConfigOptions options, string property) =>
        options.TryGetValue("build_property." + property, out string? said)
        && string.Equals(said, "true", StringComparison.OrdinalIgnoreCase);

    private static bool Logs(INamedTypeSymbol type) => type.ContainingNamespace?.ToDisplayString() switch
    {
        "System.Diagnostics" => type.Name is "Debug" or "Trace",
        "Microsoft.Extensions.Logging" => true,
        _ => false,
    };

    private bool IsException(ITypeSymbol? type)
    {
        while (type is not null && !SymbolEqualityComparer.Default.Equals(type, _exception))
        {
            type = type.BaseType;
        }

        return type is not null;
    }
}
