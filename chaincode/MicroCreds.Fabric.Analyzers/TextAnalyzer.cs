using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Finds values that become text, or are read from it, by the culture of one machine or as floats.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TextAnalyzer : ContractAnalyzer
{
    /// <summary>Formats that are the same in every culture: of dates, and of whole numbers in another base.</summary>
    private static readonly string[] FixedDateFormats = ["O", "o", "R", "r", "s", "u"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.TextByCulture, Rules.FloatingPoint);

    private protected override void Register(CompilationStartAnalysisContext start, ContractScope scope)
    {
        var text = new TextTypes(start.Compilation, scope.IsInvariant);
        start.RegisterOperationAction(one => CheckCall(one, scope, text), OperationKind.Invocation);
        start.RegisterOperationAction(one => CheckInterpolation(one, scope, text), OperationKind.Interpolation);
        start.RegisterOperationAction(
            one => CheckHandled(one, scope, text), OperationKind.InterpolatedStringAppendFormatted);
        start.RegisterOperationAction(one => CheckConcatenation(one, scope, text), OperationKind.Binary);
    }

    private static void CheckCall(OperationAnalysisContext context, ContractScope scope, TextTypes types)
    {
        var call = (IInvocationOperation)context.Operation;
        var method = call.TargetMethod;
        var value = Written(call);
        if (value is not null && TextTypes.IsFloat(value) || Joins(method) && Joined(call).Any(TextTypes.IsFloat)
            || WritesJson(method) && call.Arguments.Any(one => TextTypes.IsFloat(one.Value.Unconverted().Type)))
        {
            Report(context, scope, Rules.FloatingPoint, call);
            return;
        }

        bool isByCulture = method.Name switch
        {
            "ToString" or "TryFormat" when method.ContainingType.Name != "Convert" =>
                types.FollowsCulture(value, FormatOf(call)) && !IsFixed(call, value!) || TextTypes.IsFormattable(value),
            "Parse" or "TryParse" or "ParseExact" or "TryParseExact" => method.IsStatic
                && (types.FollowsCulture(method.ContainingType) || TextTypes.IsSpan(method.ContainingType)),
            "Join" or "Concat" when Joins(method) => Joined(call).Any(types.MayFollowCulture),
            "Format" => method.ContainingType.SpecialType == SpecialType.System_String && Formats(call, types),
            "AppendFormat" => method.ContainingType.Name == "StringBuilder" && Formats(call, types),
            "Append" or "Insert" => method.ContainingType.Name == "StringBuilder" && types.FollowsCulture(value),
            _ => method.ContainingType.Name == "Convert" && types.IsConvert(method),
        };
        if (isByCulture && !HasProvider(call, types) && (Joins(method) || HasOverload(method, types)))
        {
            Report(context, scope, Rules.TextByCulture, call);
        }
    }

    private static bool WritesJson(IMethodSymbol method) => method.ContainingType.Name switch
    {
        "JsonSerializer" => method.Name.StartsWith("Serialize", StringComparison.Ordinal),
        "Utf8JsonWriter" => true,
        _ => false,
    };

    /// <summary>Whether a method writes values one after the other, by no culture that it could be told.</summary>
    private static bool Joins(IMethodSymbol method) =>
        method is { Name: "Join" or "Concat", ContainingType.SpecialType: SpecialType.System_String };

    /// <summary>The types of what is joined: of the elements, where it is a sequence.</summary>
    private static IEnumerable<ITypeSymbol?> Joined(IInvocationOperation call) => call.Arguments
        .Where(argument => argument.Parameter?.Name != "separator")
        .SelectMany(Values)
        .Select(value => TextTypes.ElementOf(value.Unconverted().Type));

    /// <summary>Whether any value that a format is for follows a culture, as far as is seen.</summary>
    private static bool Formats(IInvocationOperation call, TextTypes types) => call.Arguments
        .Where(argument => argument.Parameter?.Name != "format")
        .SelectMany(Values)
        .Select(value => value.Unconverted().Type)
        .Any(type => types.FollowsCulture(type)
            || type is { SpecialType: not SpecialType.System_String, IsReferenceType: true }
                or { TypeKind: TypeKind.TypeParameter });

    /// <summary>An argument's value, or all those that the compiler puts into an array or a span.</summary>
    private static IReadOnlyCollection<IOperation> Values(IArgumentOperation argument)
    {
        var value = argument.Value.Unconverted();
        if (value is IArrayCreationOperation { Initializer: { } several })
        {
            return several.ElementValues;
        }

        return argument.ArgumentKind == ArgumentKind.Explicit || value.ChildOperations.Count == 0
            ? [value] : value.ChildOperations;
    }

    private static void CheckInterpolation(OperationAnalysisContext context, ContractScope scope, TextTypes types)
    {
        var hole = (IInterpolationOperation)context.Operation;
        var value = hole.Expression.Unconverted();
        if (hole.Parent is not IInterpolatedStringOperation text || value.Type is null || value.ConstantValue.HasValue)
        {
            return;
        }

        if (TextTypes.IsFloat(value.Type))
        {
            Report(context, scope, Rules.FloatingPoint, value);
            return;
        }

        string? format = hole.FormatString?.ConstantText();
        bool isFixed = format is not null && IsFixed(format, value.Type);
        bool isPassedOn = text.Parent is IConversionOperation { Type.Name: "FormattableString" or "IFormattable" };
        if (types.FollowsCulture(value.Type, format) && !isFixed && !isPassedOn)
        {
            Report(context, scope, Rules.TextByCulture, value);
        }
    }

    /// <summary>A hole of a text that a handler writes, such as a StringBuilder's.</summary>
    private static void CheckHandled(OperationAnalysisContext context, ContractScope scope, TextTypes types)
    {
        if (((IInterpolatedStringAppendOperation)context.Operation).AppendCall is not IInvocationOperation
            { Arguments: { Length: > 0 } arguments })
        {
            return;
        }

        var value = arguments[0].Value.Unconverted();
        var creation = context.Operation.Ancestors().OfType<IInterpolatedStringHandlerCreationOperation>()
            .FirstOrDefault();
        if (TextTypes.IsFloat(value.Type))
        {
            Report(context, scope, Rules.FloatingPoint, value);
        }
        else if (types.FollowsCulture(value.Type) && creation?.HandlerCreation is IObjectCreationOperation handler
            && !handler.Arguments.Any(argument => IsProvided(argument, creation, types)))
        {
            Report(context, scope, Rules.TextByCulture, value);
        }
    }

    /// <summary>Whether a handler gets a provider, which the call that it is for may have been given as null.</summary>
    private static bool IsProvided(
        IArgumentOperation argument, IInterpolatedStringHandlerCreationOperation creation, TextTypes types)
    {
        var value = argument.Value.Unconverted();
        if (value is IInterpolatedStringHandlerArgumentPlaceholderOperation { ArgumentIndex: >= 0 and var index }
            && creation.Ancestors().OfType<IInvocationOperation>().FirstOrDefault() is { } call
            && call.Arguments.FirstOrDefault(one => one.Parameter?.Ordinal == index) is { } given)
        {
            value = given.Value.Unconverted();
        }

        return types.IsProvider(argument.Parameter?.Type) && !value.IsNull();
    }

    private static void CheckConcatenation(OperationAnalysisContext context, ContractScope scope, TextTypes types)
    {
        var binary = (IBinaryOperation)context.Operation;
        if (binary.OperatorKind != BinaryOperatorKind.Add || binary.Type?.SpecialType != SpecialType.System_String)
        {
            return;
        }

        foreach (var operand in new[] { binary.LeftOperand, binary.RightOperand })
        {
            var value = operand.Unconverted();
            if (value.Type is null || value.ConstantValue.HasValue)
            {
                continue;
            }

            if (TextTypes.IsFloat(value.Type))
            {
                Report(context, scope, Rules.FloatingPoint, value);
            }
            else if (types.FollowsCulture(value.Type))
            {
                Report(context, scope, Rules.TextByCulture, value);
            }
        }
    }

    private static void Report(
        OperationAnalysisContext context, ContractScope scope, DiagnosticDescriptor rule, IOperation at)
    {
        if (!scope.LeavesNothing(at))
        {
            scope.Report(context, rule, at);
        }
    }

    /// <summary>The type of what a call writes as text, if it writes one value.</summary>
    private static ITypeSymbol? Written(IInvocationOperation call) => call.TargetMethod.Name switch
    {
        "ToString" when call.Instance is not null => call.Instance.Unconverted().Type,
        "TryFormat" => call.Instance?.Type,
        "ToString" or "Append" => call.Arguments.FirstOrDefault()?.Value.Unconverted().Type,
        "Insert" when call.Arguments.Length > 1 => call.Arguments[1].Value.Unconverted().Type,
        _ => null,
    };

    private static bool IsFixed(IInvocationOperation call, ITypeSymbol value) =>
        FormatOf(call) is { } format && IsFixed(format, value);

    private static string? FormatOf(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "format")?.Value.ConstantText();

    private static bool IsFixed(string format, ITypeSymbol value) =>
        format.Length > 0 && (TextTypes.IsWhole(value)
            ? "XxBb".IndexOf(format[0]) >= 0
            : Array.IndexOf(FixedDateFormats, format) >= 0 && TextTypes.IsDate(value));

    private static bool HasProvider(IInvocationOperation call, TextTypes types) => call.Arguments.Any(argument =>
        types.IsProvider(argument.Parameter?.Type)
        && argument.ArgumentKind != ArgumentKind.DefaultValue
        && !argument.Value.IsNull());

    /// <summary>What wraps a number has no overload of its own, but the number has.</summary>
    private static bool HasOverload(IMethodSymbol method, TextTypes types) => TextTypes.Value(method.ContainingType)!
        .GetMembers(method.Name).OfType<IMethodSymbol>()
        .Any(one => one.Parameters.Any(parameter => types.IsProvider(parameter.Type)));
}
