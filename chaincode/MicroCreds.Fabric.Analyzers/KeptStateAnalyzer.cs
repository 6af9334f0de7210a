using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Finds what one transaction could leave to the next in memory.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KeptStateAnalyzer : ContractAnalyzer
{
    private static readonly ImmutableArray<OperationKind> Assignments = ImmutableArray.Create(
        OperationKind.SimpleAssignment, OperationKind.CompoundAssignment, OperationKind.CoalesceAssignment,
        OperationKind.DeconstructionAssignment, OperationKind.Increment, OperationKind.Decrement,
        OperationKind.Argument, OperationKind.Invocation);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.KeptState);

    private protected override void Register(CompilationStartAnalysisContext start, ContractScope scope)
    {
        start.RegisterSymbolAction(CheckField, SymbolKind.Field);
        start.RegisterSymbolAction(CheckProperty, SymbolKind.Property);
        start.RegisterOperationAction(
            CheckInitializer, OperationKind.FieldInitializer, OperationKind.PropertyInitializer);
        start.RegisterOperationAction(one => CheckAssignment(one, scope), Assignments);
        start.RegisterSymbolStartAction(
            type =>
            {
                var methods = new TransactionMethods((INamedTypeSymbol)type.Symbol, scope);
                type.RegisterOperationAction(
                    one =>
                    {
                        foreach (var target in TargetsOf(one.Operation)
                            .Where(target => HandlerOf(target, scope) is null))
                        {
                            methods.FindAssignment(one, target);
                        }
                    },
                    Assignments);
                type.RegisterSymbolEndAction(methods.Report);
            },
            SymbolKind.NamedType);
    }

    private static void CheckField(SymbolAnalysisContext context)
    {
        var field = (IFieldSymbol)context.Symbol;
        if (field is { IsStatic: true, IsConst: false, IsImplicitlyDeclared: false }
            && (!field.IsReadOnly || MutableTypes.Contains(field.Type)))
        {
            Report(field, context.ReportDiagnostic);
        }
    }

    private static void CheckProperty(SymbolAnalysisContext context)
    {
        var property = (IPropertySymbol)context.Symbol;
        bool isAutomatic = property.ContainingType.GetMembers().OfType<IFieldSymbol>()
            .Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
        if (property.IsStatic && isAutomatic
            && (property.SetMethod is not null || MutableTypes.Contains(property.Type)))
        {
            Report(property, context.ReportDiagnostic);
        }
    }

    /// <summary>What can change behind a type that does not say so.</summary>
    private static void CheckInitializer(OperationAnalysisContext context)
    {
        var initializer = (ISymbolInitializerOperation)context.Operation;
        var held = initializer.Value.Unconverted().Type;
        ISymbol? hidden = initializer switch
        {
            IFieldInitializerOperation fields => fields.InitializedFields.FirstOrDefault(field =>
                field is { IsStatic: true, IsReadOnly: true } && MutableTypes.MayHide(field.Type)),
            IPropertyInitializerOperation properties => properties.InitializedProperties.FirstOrDefault(property =>
                property is IPropertySymbol { IsStatic: true, SetMethod: null, Type: var type }
                    && MutableTypes.MayHide(type)),
            _ => null,
        };
        if (hidden is not null && (MutableTypes.Contains(held) || MutableTypes.IsInterface(held)))
        {
            Report(hidden, context.ReportDiagnostic);
        }
    }

    /// <summary>A transaction that assigns or changes what was there before it.</summary>
    private static void CheckAssignment(OperationAnalysisContext context, ContractScope scope)
    {
        foreach (var target in TargetsOf(context.Operation))
        {
            if (HandlerOf(target, scope) is { } handler && TransactionMethods.RootOf(target) is var root && root switch
            {
                ILocalReferenceOperation local => IsOutside(local.Local, handler),
                IParameterReferenceOperation parameter => IsOutside(parameter.Parameter, handler),
                _ => TransactionMethods.IsKept(root),
            })
            {
                scope.Report(context, Rules.KeptState, target);
            }
        }
    }

    private static IAnonymousFunctionOperation? HandlerOf(IOperation target, ContractScope scope) => target.Ancestors()
        .OfType<IAnonymousFunctionOperation>()
        .FirstOrDefault(function => scope.Transactions.Given(function) != TransactionKinds.None);

    /// <summary>What an operation assigns, changes, or lets another method assign.</summary>
    private static ImmutableArray<IOperation> TargetsOf(IOperation operation) => operation switch
    {
        IDeconstructionAssignmentOperation { Target: ITupleOperation tuple } => tuple.Elements,
        IAssignmentOperation assignment => ImmutableArray.Create(assignment.Target),
        IIncrementOrDecrementOperation step => ImmutableArray.Create(step.Target),
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument =>
            ImmutableArray.Create(argument.Value),
        IInvocationOperation call when MutableTypes.ChangedBy(call) is { } changed => ImmutableArray.Create(changed),
        _ => ImmutableArray<IOperation>.Empty,
    };

    private static bool IsOutside(ISymbol local, IAnonymousFunctionOperation handler) =>
        local.DeclaringSyntaxReferences.FirstOrDefault() is { } declared
        && (declared.SyntaxTree != handler.Syntax.SyntaxTree || !handler.Syntax.Span.Contains(declared.Span));

    private static void Report(ISymbol kept, Action<Diagnostic> report)
    {
        if (kept.Locations.FirstOrDefault(location => location.IsInSource) is { } location)
        {
            report(Diagnostic.Create(Rules.KeptState, location, kept.Name));
        }
    }
}
