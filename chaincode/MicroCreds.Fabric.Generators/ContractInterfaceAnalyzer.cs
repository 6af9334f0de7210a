using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Generators;

/// <summary>Tells at the interface what keeps it from describing a contract, and at a call what it cannot be used for.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ContractInterfaceAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(
            ContractRules.Interface, ContractRules.Mark, ContractRules.Result, ContractRules.Argument,
            ContractRules.Json, ContractRules.Name, ContractRules.Call, ContractRules.Null);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(CheckInterface, SymbolKind.NamedType);
        context.RegisterOperationAction(CheckCall, OperationKind.Invocation);
    }

    private static void CheckInterface(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (ContractReader.AttributeOf(type) is { } attribute)
        {
            ContractReader.Read(type, attribute, context.ReportDiagnostic);
        }
    }

    private static void CheckCall(OperationAnalysisContext context)
    {
        var method = ((IInvocationOperation)context.Operation).TargetMethod;
        if (ContractCall.KindOf(method) is null) return;

        var type = method.TypeArguments[0];
        string? fault = type is ITypeParameterSymbol
            ? "the code for an interface is generated where its name stands, not a type parameter's: call it with the "
                + "interface, and hand on what it returns"
            : ContractReader.AttributeOf(type) is not { } attribute
                ? "it is no interface with [FabricContract]: give it the attribute"
                : ContextOf(type, attribute) is { } json
                    && !context.Compilation.IsSymbolAccessibleWithin(json, context.Compilation.Assembly)
                    ? $"its JSON context {json.Name} is not to be seen from this project: make it public"
                    : null;
        if (fault is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                ContractRules.Call, context.Operation.Syntax.GetLocation(), type.ToMinimal(), fault));
        }
    }

    private static INamedTypeSymbol? ContextOf(ITypeSymbol type, AttributeData attribute) =>
        new DescribedContract((INamedTypeSymbol)type, attribute, []).JsonContext;
}
