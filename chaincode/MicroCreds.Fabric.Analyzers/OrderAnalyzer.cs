using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Finds what walks through a collection whose order is not defined.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OrderAnalyzer : ContractAnalyzer
{
    /// <summary>Methods of LINQ whose result is the same in whatever order the elements come.</summary>
    private static readonly HashSet<string> AnyOrder = new(StringComparer.Ordinal)
    {
        "All", "Any", "Contains", "Count", "LongCount", "Max", "Min", "Order", "OrderDescending", "Single",
        "SingleOrDefault", "Sum", "ToDictionary", "ToHashSet", "TryGetNonEnumeratedCount",
    };

    /// <summary>Methods of LINQ that take the first that comes among those of the same key.</summary>
    private static readonly HashSet<string> ByKey = new(StringComparer.Ordinal)
    {
        "MaxBy", "MinBy", "OrderBy", "OrderByDescending", "ThenBy", "ThenByDescending",
    };

    /// <summary>Methods of LINQ that pass elements on, in whatever order they come.</summary>
    private static readonly HashSet<string> PassOn = new(StringComparer.Ordinal)
    {
        "AsEnumerable", "Cast", "Concat", "Distinct", "Except", "Intersect", "OfType", "OrderBy", "OrderByDescending",
        "Select", "SelectMany", "ThenBy", "ThenByDescending", "Union", "Where",
    };

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.Order);

    private protected override void Register(CompilationStartAnalysisContext start, ContractScope scope)
    {
        start.RegisterOperationAction(one => CheckLoop(one, scope), OperationKind.Loop);
        start.RegisterOperationAction(one => CheckLinq(one, scope), OperationKind.Invocation);
        start.RegisterOperationAction(one => CheckCopy(one, scope), OperationKind.Invocation);
        start.RegisterOperationAction(one => CheckPlace(one, scope), OperationKind.PropertyReference);
        start.RegisterOperationAction(one => CheckWriting(one, scope), OperationKind.Invocation);
        start.RegisterOperationAction(one => CheckConversion(one, scope), OperationKind.Conversion);
        start.RegisterSyntaxNodeAction(one => CheckSpread(one, scope), SyntaxKind.SpreadElement);
    }

    private static void CheckLoop(OperationAnalysisContext context, ContractScope scope)
    {
        if (context.Operation is IForEachLoopOperation loop && UnorderedTypes.Contains(loop.Collection)
            && !OrderlessLoop.Is(loop))
        {
            scope.Report(context, Rules.Order, loop.Collection.Unconverted());
        }
    }

    private static void CheckLinq(OperationAnalysisContext context, ContractScope scope)
    {
        var call = (IInvocationOperation)context.Operation;
        if (IsLinq(call) && call.Arguments.Length > 0 && UnorderedTypes.Contains(call.Arguments[0].Value)
            && ShowsOrder(call) && !scope.LeavesNothing(call))
        {
            scope.Report(context, Rules.Order, call.Arguments[0].Value.Unconverted());
        }
    }

    /// <summary>What the collections themselves copy, or walk through.</summary>
    private static void CheckCopy(OperationAnalysisContext context, ContractScope scope)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name is not ("CopyTo" or "ToArray" or "GetEnumerator")
            || call.Instance is not { } copied || !UnorderedTypes.Contains(copied) || scope.LeavesNothing(call))
        {
            return;
        }

        bool isSorted = call.TargetMethod.Name == "CopyTo"
            ? call.Arguments[0].Value.Unconverted() is ILocalReferenceOperation { Local: var copy }
                && SortedCopies.IsSortedAfter(copy, call)
            : SortedCopies.Contain(call);
        if (!isSorted)
        {
            scope.Report(context, Rules.Order, copied);
        }
    }

    /// <summary>`table.Keys[0]`: keys have places in some collections, but not the same on every machine.</summary>
    private static void CheckPlace(OperationAnalysisContext context, ContractScope scope)
    {
        if (context.Operation is IPropertyReferenceOperation
            {
                Property.IsIndexer: true,
                Instance: IPropertyReferenceOperation
                {
                    Property.Name: "Keys" or "Values" or "Items", Instance: { } owner,
                },
            } place && UnorderedTypes.IsOne(owner.Type) && !scope.LeavesNothing(place))
        {
            scope.Report(context, Rules.Order, place.Instance);
        }
    }

    /// <summary>Follows a chain of LINQ up to where order shows, or does not.</summary>
    private static bool ShowsOrder(IInvocationOperation call)
    {
        while (PassOn.Contains(call.TargetMethod.Name))
        {
            if (IsByElement(call))
            {
                return false;
            }

            if (call.User() is not IArgumentOperation { Parent: IInvocationOperation next } || !IsLinq(next))
            {
                return !IsOfUnordered(call.User());
            }

            call = next;
        }

        // Sums of floats are rounded at each step.
        return !IsByElement(call)
            && (!AnyOrder.Contains(call.TargetMethod.Name)
                || call.TargetMethod.Name == "Sum" && TextTypes.IsFloat(call.Type))
            && !(call.TargetMethod.Name is "ToArray" or "ToList" && SortedCopies.Contain(call));
    }

    /// <summary>Whether keys are the elements themselves, or those of a dictionary: no two are the same.</summary>
    private static bool IsByElement(IInvocationOperation call)
    {
        if (!ByKey.Contains(call.TargetMethod.Name) || call.Arguments.Length < 2)
        {
            return false;
        }

        var selector = call.Arguments[1].Value.Unconverted();
        var function = (selector is IDelegateCreationOperation creation ? creation.Target : selector)
            as IAnonymousFunctionOperation;
        return function?.Body.Operations is { Length: 1 } body && body[0] is IReturnOperation { ReturnedValue: { } key }
            && key.Unconverted() is IParameterReferenceOperation or IPropertyReferenceOperation
            {
                Property: { Name: "Key", ContainingType.Name: "KeyValuePair" },
                Instance: IParameterReferenceOperation,
            };
    }

    /// <summary>JSON is written in the order of the collection.</summary>
    private static void CheckWriting(OperationAnalysisContext context, ContractScope scope)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.ContainingType.Name != "JsonSerializer" || scope.LeavesNothing(call))
        {
            return;
        }

        foreach (var argument in call.Arguments.Where(argument => UnorderedTypes.Contains(argument.Value)))
        {
            scope.Report(context, Rules.Order, argument.Value.Unconverted());
        }
    }

    /// <summary>Where a collection is passed on as a mere sequence, whoever gets it no longer knows.</summary>
    private static void CheckConversion(OperationAnalysisContext context, ContractScope scope)
    {
        var conversion = (IConversionOperation)context.Operation;
        if (!conversion.IsImplicit || !UnorderedTypes.IsSequence(conversion.Type)
            || !UnorderedTypes.Contains(conversion.Operand) || scope.LeavesNothing(conversion))
        {
            return;
        }

        bool isLooked = conversion.Parent switch
        {
            IForEachLoopOperation => true,
            IArgumentOperation { Parent: IInvocationOperation call } when IsLinq(call) => true,
            IArgumentOperation { Parent: IObjectCreationOperation copy } when SortedCopies.Contain(copy) => true,
            _ => IsOfUnordered(conversion.Parent),
        };
        if (!isLooked)
        {
            scope.Report(context, Rules.Order, conversion.Operand);
        }
    }

    private static void CheckSpread(SyntaxNodeAnalysisContext context, ContractScope scope)
    {
        var expression = ((SpreadElementSyntax)context.Node).Expression;
        var operation = context.SemanticModel.GetOperation(expression, context.CancellationToken);
        if (operation is not null && UnorderedTypes.Contains(operation)
            && context.ContainingSymbol is { } containing && scope.Includes(containing, operation)
            && !scope.LeavesNothing(operation)
            && !operation.Ancestors().Where(one => one.Syntax is CollectionExpressionSyntax).Take(1)
                .Any(SortedCopies.Contain))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.Order, expression.GetLocation(), ContractScope.Named(expression)));
        }
    }

    /// <summary>Whether elements go where they have no order again, or get one.</summary>
    private static bool IsOfUnordered(IOperation? user) => user is IArgumentOperation argument && argument.Parent switch
    {
        IInvocationOperation call => UnorderedTypes.IsOne(call.TargetMethod.ContainingType)
            || UnorderedTypes.Sorts(call.TargetMethod.ContainingType) || UnorderedTypes.IsOne(call.Type)
            || UnorderedTypes.Sorts(call.Type),
        IObjectCreationOperation creation => UnorderedTypes.IsOne(creation.Type) || UnorderedTypes.Sorts(creation.Type),
        _ => false,
    };

    private static bool IsLinq(IInvocationOperation call) =>
        call.TargetMethod.ContainingType is { Name: "Enumerable", ContainingNamespace.Name: "Linq" };
}
