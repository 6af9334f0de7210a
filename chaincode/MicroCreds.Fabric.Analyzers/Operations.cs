using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Ways through a tree of operations.</summary>
internal static class Operations
{
    /// <summary>What contains an operation, the nearest first.</summary>
    public static IEnumerable<IOperation> Ancestors(this IOperation operation)
    {
        for (var one = operation.Parent; one is not null; one = one.Parent)
        {
            yield return one;
        }
    }

    /// <summary>The operation without what the compiler converts it by.</summary>
    public static IOperation Unconverted(this IOperation operation)
    {
        while (operation is IConversionOperation { IsImplicit: true } or IParenthesizedOperation)
        {
            operation = operation is IConversionOperation conversion
                ? conversion.Operand
                : ((IParenthesizedOperation)operation).Operand;
        }

        return operation;
    }

    /// <summary>The nearest operation above that is no conversion by the compiler.</summary>
    public static IOperation? User(this IOperation operation)
    {
        var one = operation.Parent;
        while (one is IConversionOperation { IsImplicit: true } or IParenthesizedOperation)
        {
            one = one.Parent;
        }

        return one;
    }

    public static bool IsNull(this IOperation operation) =>
        operation.Unconverted() is { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation;

    /// <summary>The constant text that an operation is, if it is one.</summary>
    public static string? ConstantText(this IOperation operation) =>
        operation.Unconverted().ConstantValue is { HasValue: true, Value: string text } ? text : null;
}
