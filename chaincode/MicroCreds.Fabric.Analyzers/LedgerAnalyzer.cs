using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Finds reads and writes of the ledger that do not do what they seem to.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LedgerAnalyzer : ContractAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        Rules.UnboundedRead, Rules.UncheckedRead, Rules.OwnWrite, Rules.EmptyValue, Rules.WriteInEvaluation);

    private protected override void Register(CompilationStartAnalysisContext start, ContractScope scope)
    {
        if (scope.Stub is not null)
        {
            start.RegisterOperationBlockAction(block => CheckBlock(block, scope));
        }
    }

    private static void CheckBlock(OperationBlockAnalysisContext context, ContractScope scope)
    {
        foreach (var body in context.OperationBlocks
            .SelectMany(block => TransactionBody.In(block, context.OwningSymbol, scope)))
        {
            Report(context, Rules.EmptyValue, body.Writes.Select(EmptyValue).Where(value => value is not null));
            Report(context, Rules.OwnWrite, body.Calls.Where(call => IsOfOwnWrite(call, body)));
            if (body.Submits)
            {
                Report(context, Rules.UnboundedRead, Reads(body, IsUnbounded));
                Report(context, Rules.UncheckedRead, Reads(body, IsUnchecked));
            }

            if (body.Evaluates)
            {
                var writing = body.Helpers.Where(one => !one.Body.Evaluates && one.Body.Writes.Any());
                Report(context, Rules.WriteInEvaluation, body.Writes.Concat(writing.Select(one => one.At)));
            }
        }
    }

    /// <summary>Reads of a kind, and calls of what reads so and is not itself told, since it does not write.</summary>
    private static IEnumerable<IOperation> Reads(TransactionBody body, Func<IInvocationOperation, bool> isOne) =>
        body.Calls.Where(isOne).Concat(
            body.Helpers.Where(one => !one.Body.Submits && one.Body.Calls.Any(isOne)).Select(one => one.At));

    private static void Report(
        OperationBlockAnalysisContext context, DiagnosticDescriptor rule, IEnumerable<IOperation?> faults)
    {
        foreach (var fault in faults)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                rule, fault!.Syntax.GetLocation(), ContractScope.Named(fault.Syntax)));
        }
    }

    private static bool IsUnbounded(IInvocationOperation call)
    {
        string name = call.TargetMethod.Name;
        if (IsUnchecked(call))
        {
            return false;
        }

        if (name.EndsWith("ByRangeAsync", StringComparison.Ordinal))
        {
            return Argument(call, "endKey") is { } end && (IsEmptyText(end) || end.IsNull());
        }

        // What the attributes are made of is not known; that there are none is.
        return name.EndsWith("ByPartialCompositeKeyAsync", StringComparison.Ordinal)
            && call.Syntax is InvocationExpressionSyntax syntax
            && (syntax.ArgumentList.Arguments.Count
                    == call.TargetMethod.Parameters.Count(parameter => parameter.Name != "attributes")
                || Argument(call, "attributes") is { } attributes && IsEmpty(attributes));
    }

    private static bool IsUnchecked(IInvocationOperation call) =>
        call.TargetMethod.Name is { } name
        && (name.Contains("QueryResult") || name.Contains("WithPagination") || name.Contains("GetHistory"));

    private static IOperation? EmptyValue(IInvocationOperation call) =>
        call.TargetMethod.Name.StartsWith("Put", StringComparison.Ordinal) && Argument(call, "value") is { } value
        && IsEmpty(value)
            ? value.Unconverted()
            : null;

    private static bool IsEmpty(IOperation operation)
    {
        while (operation is IConversionOperation conversion)
        {
            operation = conversion.Operand;
        }

        return operation switch
        {
            IDefaultValueOperation => true,
            IArrayCreationOperation array => array.DimensionSizes.All(size => size.ConstantValue.Value is 0),
            IPropertyReferenceOperation { Property.Name: "Empty" } => true,
            IUtf8StringOperation text => text.Value.Length == 0,
            IInvocationOperation { TargetMethod.Name: "Empty", TargetMethod.ContainingType.Name: "Array" } => true,
            IInvocationOperation { TargetMethod.Name: "GetBytes" } bytes =>
                bytes.Arguments.Length == 1 && bytes.Arguments[0].Value is { } text && IsEmptyText(text),
            _ => operation.Syntax is CollectionExpressionSyntax { Elements.Count: 0 },
        };
    }

    private static bool IsEmptyText(IOperation text) => text.ConstantText() is ""
        || text.Unconverted() is IFieldReferenceOperation
        {
            Field: { Name: "Empty", ContainingType.SpecialType: SpecialType.System_String },
        };

    /// <summary>
    /// A read of a key that surely was written or deleted above: by a statement of a block around, with the same key,
    /// of which nothing was assigned in between.
    /// </summary>
    private static bool IsOfOwnWrite(IInvocationOperation read, TransactionBody body)
    {
        if (read.TargetMethod.Name is not ("GetStateAsync" or "GetPrivateDataAsync"))
        {
            return false;
        }

        bool isPrivate = read.TargetMethod.Name == "GetPrivateDataAsync";
        string[] writing = isPrivate
            ? ["PutPrivateDataAsync", "DeletePrivateDataAsync", "PurgePrivateDataAsync"]
            : ["PutStateAsync", "DeleteStateAsync"];
        return body.Writes.Any(write => Array.IndexOf(writing, write.TargetMethod.Name) >= 0
            && write.Syntax.Span.End <= read.Syntax.SpanStart
            && BlockOf(write) is { } block && read.Ancestors().Contains(block)
            && IsSame(write, read, "key") && (!isPrivate || IsSame(write, read, "collection")));
    }

    private static IOperation? BlockOf(IOperation operation) =>
        operation.Ancestors().FirstOrDefault(one => one is IBlockOperation or IConditionalOperation
            or ISwitchExpressionOperation or IAnonymousFunctionOperation or ILocalFunctionOperation) as IBlockOperation;

    private static bool IsSame(IInvocationOperation write, IInvocationOperation read, string parameter)
    {
        if (Argument(write, parameter) is not { } written || Argument(read, parameter) is not { } asked)
        {
            return false;
        }

        (written, asked) = (written.Unconverted(), asked.Unconverted());
        if (written.ConstantText() is { } text)
        {
            return asked.ConstantText() == text;
        }

        return Symbol(written) is { } symbol && SymbolEqualityComparer.Default.Equals(symbol, Symbol(asked))
            && !IsAssigned(symbol, BlockOf(write)!, write.Syntax.Span.End, read.Syntax.SpanStart);
    }

    private static ISymbol? Symbol(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private static bool IsAssigned(ISymbol symbol, IOperation block, int from, int to) =>
        block.Descendants().OfType<IAssignmentOperation>().Any(assignment =>
            SymbolEqualityComparer.Default.Equals(Symbol(assignment.Target), symbol)
            && assignment.Syntax.SpanStart >= from && assignment.Syntax.Span.End <= to);

    private static IOperation? Argument(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value;
}
