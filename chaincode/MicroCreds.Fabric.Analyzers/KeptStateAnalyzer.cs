using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Finds what one transaction could leave to the next in memory.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KeptStateAnalyzer : ContractAnalyzer
{
    private static readonly HashSet<string> Mutable = new(StringComparer.Ordinal)
    {
        "ArrayList", "BlockingCollection", "ConcurrentBag", "ConcurrentDictionary", "ConcurrentQueue",
        "ConcurrentStack", "Dictionary", "HashSet", "Hashtable", "LinkedList", "List", "MemoryCache",
        "OrderedDictionary", "PriorityQueue", "Queue", "SortedDictionary", "SortedList", "SortedSet", "Stack",
        "StringBuilder",
    };

    private static readonly ImmutableArray<OperationKind> Assignments = ImmutableArray.Create(
        OperationKind.SimpleAssignment, OperationKind.CompoundAssignment, OperationKind.CoalesceAssignment,
        OperationKind.DeconstructionAssignment, OperationKind.Increment, OperationKind.Decrement,
        OperationKind.Argument);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.KeptState);

    private protected override void Register(CompilationStartAnalysisContext start, ContractScope scope)
    {
        start.RegisterSymbolAction(CheckField, SymbolKind.Field);
        start.RegisterSymbolAction(CheckProperty, SymbolKind.Property);
        start.RegisterOperationAction(one => CheckAssignment(one, scope), Assignments);
        start.RegisterSymbolStartAction(
            type =>
            {
                var methods = new TransactionMethods((INamedTypeSymbol)type.Symbol, scope);
                type.RegisterOperationAction(methods.FindHandler, OperationKind.MethodReference);
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
            && (!field.IsReadOnly || IsMutable(field.Type)))
        {
            Report(context);
        }
    }

    private static void CheckProperty(SymbolAnalysisContext context)
    {
        var property = (IPropertySymbol)context.Symbol;
        bool isAutomatic = property.ContainingType.GetMembers().OfType<IFieldSymbol>()
            .Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
        if (property.IsStatic && isAutomatic && (property.SetMethod is not null || IsMutable(property.Type)))
        {
            Report(context);
        }
    }

    /// <summary>A transaction that assigns what was there before it.</summary>
    private static void CheckAssignment(OperationAnalysisContext context, ContractScope scope)
    {
        foreach (var target in TargetsOf(context.Operation))
        {
            if (HandlerOf(target, scope) is { } handler && target switch
            {
                ILocalReferenceOperation local => IsOutside(local.Local, handler),
                IParameterReferenceOperation parameter => IsOutside(parameter.Parameter, handler),
                _ => TransactionMethods.IsOfObject(target),
            })
            {
                scope.Report(context, Rules.KeptState, target);
            }
        }
    }

    private static IAnonymousFunctionOperation? HandlerOf(IOperation target, ContractScope scope) => target.Ancestors()
        .OfType<IAnonymousFunctionOperation>().FirstOrDefault(function => TransactionBody.IsHandler(function, scope));

    /// <summary>What an operation assigns, or lets another method assign.</summary>
    private static ImmutableArray<IOperation> TargetsOf(IOperation operation) => operation switch
    {
        IDeconstructionAssignmentOperation { Target: ITupleOperation tuple } => tuple.Elements,
        IAssignmentOperation assignment => ImmutableArray.Create(assignment.Target),
        IIncrementOrDecrementOperation step => ImmutableArray.Create(step.Target),
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument =>
            ImmutableArray.Create(argument.Value),
        _ => ImmutableArray<IOperation>.Empty,
    };

    private static bool IsOutside(ISymbol local, IAnonymousFunctionOperation handler) =>
        local.DeclaringSyntaxReferences.FirstOrDefault() is { } declared
        && (declared.SyntaxTree != handler.Syntax.SyntaxTree || !handler.Syntax.Span.Contains(declared.Span));

    private static bool IsMutable(ITypeSymbol type) =>
        type is INamedTypeSymbol && Mutable.Contains(type.Name)
        && type.ContainingNamespace.ToDisplayString().StartsWith("System.", StringComparison.Ordinal)
        && type.ContainingNamespace.Name is not ("Immutable" or "Frozen");

    private static void Report(SymbolAnalysisContext context)
    {
        if (context.Symbol.Locations.FirstOrDefault(location => location.IsInSource) is { } location)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.KeptState, location, context.Symbol.Name));
        }
    }
}
