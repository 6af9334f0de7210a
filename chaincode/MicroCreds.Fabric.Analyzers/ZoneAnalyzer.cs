using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Finds dates that become others by the time zone of one machine, where nothing says that they are in UTC.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ZoneAnalyzer : ContractAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.Create(Rules.Clock);

    private protected override void Register(CompilationStartAnalysisContext start, ContractScope scope)
    {
        var offset = start.Compilation.GetTypeByMetadataName("System.DateTimeOffset");
        start.RegisterOperationAction(
            one =>
            {
                var call = (IInvocationOperation)one.Operation;
                Check(one, scope, Reads(call, offset) || Converts(call));
            },
            OperationKind.Invocation);
        start.RegisterOperationAction(
            one =>
            {
                var creation = (IObjectCreationOperation)one.Operation;
                Check(one, scope, SymbolEqualityComparer.Default.Equals(creation.Type, offset)
                    && creation.Arguments.Length == 1 && IsZoneless(creation.Arguments[0].Value));
            },
            OperationKind.ObjectCreation);
        start.RegisterOperationAction(
            one =>
            {
                var conversion = (IConversionOperation)one.Operation;
                var type = conversion.OperatorMethod?.ContainingType;
                Check(one, scope, SymbolEqualityComparer.Default.Equals(type, offset)
                    && IsZoneless(conversion.Operand));
            },
            OperationKind.Conversion);
    }

    private static void Check(OperationAnalysisContext context, ContractScope scope, bool isByZone)
    {
        if (isByZone && !scope.LeavesNothing(context.Operation))
        {
            scope.Report(context, Rules.Clock, context.Operation);
        }
    }

    /// <summary>Whether text is read whose zone, or the lack of one, is made up for by this machine's.</summary>
    private static bool Reads(IInvocationOperation call, INamedTypeSymbol? offset)
    {
        var method = call.TargetMethod;
        bool isOffset = SymbolEqualityComparer.Default.Equals(method.ContainingType, offset);
        if (method.Name == "ToDateTime")
        {
            return method.ContainingType.Name == "Convert"
                && method.Parameters[0].Type.SpecialType is SpecialType.System_String or SpecialType.System_Object;
        }

        if (method.Name is not ("Parse" or "TryParse" or "ParseExact" or "TryParseExact")
            || !isOffset && method.ContainingType.SpecialType != SpecialType.System_DateTime)
        {
            return false;
        }

        // Styles that are computed are trusted; none at all is the default.
        var given = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Type.Name == nameof(DateTimeStyles));
        if (given is not null && given.Value.ConstantValue.Value is not int)
        {
            return false;
        }

        var styles = (DateTimeStyles)(given?.Value.ConstantValue.Value ?? 0);
        string? format = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "format")?.Value
            .ConstantText();
        return isOffset
            ? !styles.HasFlag(DateTimeStyles.AssumeUniversal) && !HasZone(format)
            : IsLocal(styles, format);
    }

    /// <summary>A date is made local unless it is wanted in UTC, or there is nothing to make it so by.</summary>
    private static bool IsLocal(DateTimeStyles styles, string? format)
    {
        if (styles.HasFlag(DateTimeStyles.AssumeLocal))
        {
            return true;
        }

        bool mayHaveZone = format is null or "O" or "o" or "U" || format.IndexOfAny(['z', 'K']) >= 0;
        return !styles.HasFlag(DateTimeStyles.AdjustToUniversal)
            && (mayHaveZone || styles.HasFlag(DateTimeStyles.AssumeUniversal));
    }

    private static bool HasZone(string? format) =>
        format is "R" or "r" or "u" || format is not null && format.Length > 1 && format.IndexOf('z') >= 0;

    private static bool Converts(IInvocationOperation call) => call.TargetMethod is
    {
        Name: "ToUniversalTime" or "ToFileTime",
        ContainingType.SpecialType: SpecialType.System_DateTime,
    } && call.Instance is { } date && IsZoneless(date);

    /// <summary>Whether a value is a DateTime that may be of no zone, or a local one.</summary>
    private static bool IsZoneless(IOperation operation)
    {
        var value = operation.Unconverted();
        return value.Type?.SpecialType == SpecialType.System_DateTime && value switch
        {
            IPropertyReferenceOperation { Property.Name: "UtcDateTime" } => false,
            IFieldReferenceOperation { Field.Name: "UnixEpoch" } => false,
            IInvocationOperation { TargetMethod.Name: "ToUniversalTime" or "FromFileTimeUtc" } => false,
            IInvocationOperation { TargetMethod.Name: "SpecifyKind" } call => !NamesUtc(call.Arguments),
            IObjectCreationOperation creation => !NamesUtc(creation.Arguments),
            IInvocationOperation { Instance: { } date } => IsZoneless(date),
            IPropertyReferenceOperation { Property.Name: "Date", Instance: { } date } => IsZoneless(date),
            _ => true,
        };
    }

    private static bool NamesUtc(ImmutableArray<IArgumentOperation> arguments) => arguments.Any(argument =>
        argument.Parameter?.Type.Name == nameof(DateTimeKind)
        && argument.Value.ConstantValue.Value is (int)DateTimeKind.Utc);
}
