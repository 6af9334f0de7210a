using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Finds uses of names of the framework whose results are not the same on every peer.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MachineAnalyzer : ContractAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        Rules.Clock, Rules.Randomness, Rules.Machine, Rules.TextByCulture, Rules.ComparisonByCulture,
        Rules.FloatingPoint, Rules.ParallelWork, Rules.KeptState, Rules.HashCode);

    private protected override void Register(CompilationStartAnalysisContext start, ContractScope scope)
    {
        var symbols = new MachineSymbols(start.Compilation);
        start.RegisterOperationAction(
            operation => Check(operation, scope, symbols),
            OperationKind.Invocation,
            OperationKind.PropertyReference,
            OperationKind.FieldReference,
            OperationKind.MethodReference,
            OperationKind.ObjectCreation);
    }

    private static void Check(OperationAnalysisContext context, ContractScope scope, MachineSymbols symbols)
    {
        ISymbol? member = context.Operation switch
        {
            IInvocationOperation invocation => invocation.TargetMethod,
            IMemberReferenceOperation reference => reference.Member,
            IObjectCreationOperation creation => creation.Constructor,
            _ => null,
        };
        bool isConstant = context.Operation.ConstantValue.HasValue && member?.ContainingType.EnumUnderlyingType is null;
        if (member is null || isConstant)
        {
            return;
        }

        var rule = symbols.RuleAgainst(member) ?? (IsHashCode(member) ? Rules.HashCode : null)
            ?? (Ciphers.AreRandom(context.Operation) ? Rules.Randomness : null);
        if (rule is not null && !IsPartOfAnother(context.Operation, symbols) && !IsHarmless(rule, context, scope))
        {
            scope.Report(context, rule, context.Operation);
        }
    }

    /// <summary>`Random.Shared.Next()` is one fault, not two.</summary>
    private static bool IsPartOfAnother(IOperation operation, MachineSymbols symbols) => operation.Parent switch
    {
        IInvocationOperation invocation =>
            invocation.Instance == operation && symbols.RuleAgainst(invocation.TargetMethod) is not null,
        IMemberReferenceOperation reference =>
            reference.Instance == operation && symbols.RuleAgainst(reference.Member) is not null,
        _ => false,
    };

    /// <summary>
    /// How a message of a failure is written decides nothing, and a type that overrides GetHashCode may ask others.
    /// </summary>
    private static bool IsHarmless(DiagnosticDescriptor rule, OperationAnalysisContext context, ContractScope scope) =>
        rule == Rules.HashCode
            ? context.ContainingSymbol.Name == nameof(GetHashCode)
            : (rule == Rules.TextByCulture || rule == Rules.Machine)
                && context.Operation is IPropertyReferenceOperation && scope.LeavesNothing(context.Operation);

    /// <summary>Numbers' hash codes are themselves; those of text and references are not, nor what is made of them.
    /// </summary>
    private static bool IsHashCode(ISymbol member) =>
        member is IMethodSymbol { Name: nameof(GetHashCode), ContainingType: var type } && type switch
        {
            { SpecialType: SpecialType.System_String or SpecialType.System_Object or SpecialType.System_ValueType } =>
                true,
            { Name: "StringComparer" or "ValueTuple" or "Tuple", ContainingNamespace.Name: "System" } => true,
            { Name: "EqualityComparer" or "IEqualityComparer", TypeArguments: { Length: 1 } compared } =>
                IsSeeded(compared[0]),
            { IsRecord: true, IsReferenceType: true } => member.IsImplicitlyDeclared,
            { IsRecord: true } or { IsAnonymousType: true } => member.IsImplicitlyDeclared
                && type.GetMembers().OfType<IPropertySymbol>().Any(property => IsSeeded(property.Type)),
            _ => false,
        };

    private static bool IsSeeded(ITypeSymbol type) => type.IsReferenceType || type.IsTupleType;
}
