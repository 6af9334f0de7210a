using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>
/// A loop, and whether what it leaves is the same in whatever order the elements come: sums of whole numbers, the most
/// and the least, whether there is one, and what is put into or taken from a collection that has no order either.
/// </summary>
/// <remarks>What it does not know shows the order. Nothing may be changed in two places, of which one would be last.
/// </remarks>
internal sealed class OrderlessLoop
{
    private static readonly HashSet<string> Asking = new(StringComparer.Ordinal)
    {
        "Abs", "Contains", "ContainsKey", "EndsWith", "Equals", "IsNullOrEmpty", "Max", "Min", "StartsWith",
    };

    private readonly IForEachLoopOperation _loop;
    private readonly HashSet<ISymbol> _changed = new(SymbolEqualityComparer.Default);
    private readonly List<IOperation> _changes = [];
    private readonly List<IOperation> _exits = [];

    private OrderlessLoop(IForEachLoopOperation loop) => _loop = loop;

    /// <summary>Returns whether a loop is known to be one.</summary>
    public static bool Is(IForEachLoopOperation loop) => !loop.IsAsynchronous && new OrderlessLoop(loop).IsOne();

    private bool IsOne()
    {
        bool isOncePerVariable = _loop.Body.Descendants().Select(Changed).OfType<ISymbol>().All(_changed.Add);

        // Whoever leaves early may have done nothing but what goes with it.
        return isOncePerVariable && Leaves(_loop.Body) && _changes.Count + _exits.Count > 0 && _exits.Count <= 1
            && (_exits.Count == 0 || _changes.All(change => change.Parent == _exits[0].Parent));
    }

    private bool Leaves(IOperation statement) => statement switch
    {
        IBlockOperation block => block.Operations.All(Leaves),
        IVariableDeclarationGroupOperation group => group.Declarations.SelectMany(one => one.Declarators)
            .All(one => one.Initializer is null || IsPlain(one.Initializer.Value)),
        IConditionalOperation choice => IsMost(choice)
            || IsPlain(choice.Condition) && Leaves(choice.WhenTrue)
                && (choice.WhenFalse is null || Leaves(choice.WhenFalse)),
        IExpressionStatementOperation one => Noted(_changes, one) && (one.Operation is IThrowOperation
            || Counts(one.Operation) || Sets(one.Operation) || Keeps(one.Operation)),
        IThrowOperation or IEmptyOperation or IBranchOperation { BranchKind: BranchKind.Continue } => true,
        IBranchOperation { BranchKind: BranchKind.Break } => Noted(_exits, statement),
        IReturnOperation { ReturnedValue: var value, Kind: OperationKind.Return } =>
            Noted(_exits, statement) && (value is null || value.Unconverted().ConstantValue.HasValue),
        _ => false,
    };

    private static bool Noted(List<IOperation> list, IOperation statement)
    {
        list.Add(statement);
        return true;
    }

    /// <summary>`count++`, `sum += one.Value`.</summary>
    private bool Counts(IOperation operation) => operation switch
    {
        IIncrementOrDecrementOperation step => Variable(step.Target) is not null && IsExact(step.Type),
        ICompoundAssignmentOperation sum => Variable(sum.Target) is not null && IsPlain(sum.Value)
            && sum.OperatorKind switch
            {
                BinaryOperatorKind.Add or BinaryOperatorKind.Subtract => IsExact(sum.Type),
                BinaryOperatorKind.Or or BinaryOperatorKind.And or BinaryOperatorKind.ExclusiveOr =>
                    IsExact(sum.Type) || sum.Type?.SpecialType == SpecialType.System_Boolean,
                _ => false,
            },
        _ => false,
    };

    /// <summary>`isAny = true`, `most = Math.Max(most, one.Value)`, `others[one.Key] = one.Value`.</summary>
    private bool Sets(IOperation operation)
    {
        if (operation is not ISimpleAssignmentOperation assignment)
        {
            return false;
        }

        var value = assignment.Value.Unconverted();
        if (Variable(assignment.Target) is { } target)
        {
            return value.ConstantValue.HasValue || value is IInvocationOperation call && IsMostOf(call, target);
        }

        return assignment.Target is IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } owner } place
            && IsWithoutOrder(owner) && place.Arguments.Length == 1 && IsOnlyOnce(place.Arguments[0].Value)
            && IsPlain(value);
    }

    private bool IsMostOf(IInvocationOperation call, ISymbol target) => IsWhole(call.Type)
        && call.TargetMethod is { Name: "Max" or "Min", ContainingType.Name: "Math" }
        && call.Arguments.Count(one => Is(Variable(one.Value.Unconverted()), target)) == 1
        && call.Arguments.Count(one => IsPlain(one.Value)) == 1;

    /// <summary>`names.Add(one.Key)`, `others.Remove(one.Key)`.</summary>
    private bool Keeps(IOperation operation) => operation is IInvocationOperation { Instance: { } owner } call
        && IsWithoutOrder(owner) && call.Arguments.All(one => IsPlain(one.Value)) && call.TargetMethod.Name switch
        {
            "Remove" => true,
            "Add" or "TryAdd" => call.Arguments.Length == 1 || IsOnlyOnce(call.Arguments[0].Value),
            _ => false,
        };

    /// <summary>`if (one.Value > most) most = one.Value`, whose ties are the same.</summary>
    private bool IsMost(IConditionalOperation choice)
    {
        var then = choice.WhenTrue is IBlockOperation { Operations: { Length: 1 } only } ? only[0] : choice.WhenTrue;
        if (choice.WhenFalse is not null
            || choice.Condition is not IBinaryOperation
            {
                OperatorKind: BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual
                    or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual,
            } compared
            || then is not IExpressionStatementOperation { Operation: ISimpleAssignmentOperation assignment }
            || Variable(assignment.Target) is not { } target || !IsWhole(assignment.Type)
            || !IsPlain(assignment.Value))
        {
            return false;
        }

        string value = assignment.Value.Unconverted().Syntax.ToString();
        var (left, right) = (compared.LeftOperand.Unconverted(), compared.RightOperand.Unconverted());
        return Noted(_changes, then)
            && (Is(Variable(left), target) && right.Syntax.ToString() == value
                || Is(Variable(right), target) && left.Syntax.ToString() == value);
    }

    /// <summary>Whether a value is the same whatever elements came before, and asking for it changes nothing.</summary>
    private bool IsPlain(IOperation value) => value switch
    {
        _ when Variable(value) is { } variable => !_changed.Contains(variable),
        IInvocationOperation { TargetMethod: var method } when !Asking.Contains(method.Name)
            || method.ContainingNamespace.ToDisplayString() is not ("System" or "System.Collections.Generic") => false,
        ILiteralOperation or IPropertyReferenceOperation or IFieldReferenceOperation or IInstanceReferenceOperation
            or IBinaryOperation or IUnaryOperation or IConversionOperation or IConditionalOperation
            or ICoalesceOperation or IIsPatternOperation or IPatternOperation or IArgumentOperation
            or IInvocationOperation or IParenthesizedOperation or IDefaultValueOperation =>
            value.ChildOperations.All(IsPlain),
        _ => false,
    };

    /// <summary>Whether no two elements give the same: a key of the dictionary that is looked through, or an element of
    /// a set.</summary>
    private bool IsOnlyOnce(IOperation key)
    {
        var collection = _loop.Collection.Unconverted();
        string type = collection.Type?.Name ?? "";
        var one = key.Unconverted();
        bool isOfKeys = collection is IPropertyReferenceOperation { Property.Name: "Keys" };
        if (isOfKeys || type.EndsWith("Set", StringComparison.Ordinal))
        {
            return Variable(one) is { } element && _loop.Locals.Length == 1 && Is(element, _loop.Locals[0]);
        }

        return type.EndsWith("Dictionary", StringComparison.Ordinal) && _loop.Locals.Length > 0
            && (one is IPropertyReferenceOperation { Property.Name: "Key", Instance: { } pair }
                    ? Is(Variable(pair), _loop.Locals[0])
                    : _loop.LoopControlVariable is IDeclarationExpressionOperation
                    {
                        Expression: ITupleOperation { Elements: { Length: 2 } elements },
                    } && Variable(elements[0]) is { } first && Is(first, Variable(one)));
    }

    /// <summary>Whether a collection keeps elements in no order, or in its own.</summary>
    private static bool IsWithoutOrder(IOperation owner) =>
        Variable(owner) is not null && (UnorderedTypes.IsOne(owner.Type) || UnorderedTypes.Sorts(owner.Type));

    /// <summary>What an operation changes by itself.</summary>
    private static ISymbol? Changed(IOperation operation) => operation switch
    {
        IAssignmentOperation { Target: IPropertyReferenceOperation { Instance: { } owner } } => Variable(owner),
        IAssignmentOperation assignment => Variable(assignment.Target),
        IIncrementOrDecrementOperation step => Variable(step.Target),
        IInvocationOperation call when MutableTypes.ChangedBy(call) is { } changed => Variable(changed),
        _ => null,
    };

    private static ISymbol? Variable(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private static bool Is(ISymbol? one, ISymbol? other) =>
        one is not null && SymbolEqualityComparer.Default.Equals(one, other);

    /// <summary>Numbers whose sums do not depend on which come first.</summary>
    private static bool IsExact(ITypeSymbol? type) => IsWhole(type) || type?.SpecialType == SpecialType.System_Decimal;

    /// <summary>Numbers of which those that are equal are written alike, as 1.0 and 1.00 are not.</summary>
    private static bool IsWhole(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_SByte
        or SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16
        or SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64
        or SpecialType.System_UInt64;
}
