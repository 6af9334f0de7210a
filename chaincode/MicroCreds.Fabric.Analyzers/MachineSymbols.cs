using Microsoft.CodeAnalysis;

namespace MicroCreds.Fabric.Analyzers;

/// <summary>Names of the framework whose results are not the same on every peer.</summary>
internal sealed class MachineSymbols
{
    /// <summary>Functions whose last digit is that of the platform's library.</summary>
    private const string Inexact =
        "Acos AcosPi Acosh Asin AsinPi Asinh Atan Atan2 Atan2Pi AtanPi Atanh Cbrt Cos CosPi Cosh Exp Exp10 Exp10M1 "
        + "Exp2 Exp2M1 ExpM1 Hypot Log Log10 Log10P1 Log2 Log2P1 LogP1 Pow RootN Sin SinCos SinCosPi SinPi Sinh Tan "
        + "TanPi Tanh";

    private static readonly Entry[] Entries =
    [
        new(Rules.Clock, "System.DateTime", "Now UtcNow Today ToLocalTime FromFileTime"),
        new(Rules.Clock, "System.DateTimeOffset", "Now UtcNow ToLocalTime LocalDateTime FromFileTime"),
        new(Rules.Clock, "System.Environment", "TickCount TickCount64 CpuUsage"),
        new(Rules.Clock, "System.TimeProvider"),
        new(Rules.Clock, "System.TimeZoneInfo"),
        new(Rules.Clock, "System.TimeZone"),
        new(Rules.Clock, "System.Diagnostics.Activity", "StartTimeUtc Duration"),
        new(Rules.Clock, "System.Diagnostics.Stopwatch"),
        new(Rules.Randomness, "System.Random"),
        new(Rules.Randomness, "System.Diagnostics.Activity",
            "Id RootId TraceId SpanId ParentId ParentSpanId Context"),
        new(Rules.Randomness, "System.Guid", "NewGuid CreateVersion7"),
        new(Rules.Randomness, "System.Security.Cryptography.RandomNumberGenerator"),
        new(Rules.Randomness, "System.Security.Cryptography.ECDsa",
            "SignData SignHash TrySignData TrySignHash"),
        new(Rules.Randomness, "System.Security.Cryptography.DSA", "CreateSignature SignData TrySignData"),
        new(Rules.Randomness, "System.Security.Cryptography.RSA", "Encrypt TryEncrypt"),
        new(Rules.Randomness, "System.Security.Cryptography.SymmetricAlgorithm", "GenerateIV GenerateKey"),
        new(Rules.Randomness, "System.Security.Cryptography.ECAlgorithm", "GenerateKey"),
        new(Rules.Machine, "System.Environment",
            "CommandLine CurrentDirectory ExpandEnvironmentVariables GetCommandLineArgs GetEnvironmentVariable "
            + "GetEnvironmentVariables GetFolderPath MachineName NewLine OSVersion ProcessId ProcessPath "
            + "ProcessorCount StackTrace SystemDirectory UserDomainName UserName Version WorkingSet"),
        new(Rules.Machine, "System.Runtime.InteropServices.RuntimeInformation"),
        new(Rules.Machine, "System.OperatingSystem"),
        new(Rules.Machine, "System.Diagnostics.Process"),
        new(Rules.Machine, "System.Reflection.Assembly"),
        new(Rules.Machine, "System.AppContext"),
        new(Rules.Machine, "System.AppDomain"),
        new(Rules.Machine, "System.Console"),
        new(Rules.Machine, "System.GC"),
        new(Rules.Machine, "System.Text.StringBuilder", "AppendLine"),
        new(Rules.TextByCulture, "System.Globalization.CultureInfo",
            "CurrentCulture CurrentUICulture InstalledUICulture DefaultThreadCurrentCulture "
            + "DefaultThreadCurrentUICulture"),
        new(Rules.TextByCulture, "System.Globalization.NumberFormatInfo", "CurrentInfo"),
        new(Rules.TextByCulture, "System.Globalization.DateTimeFormatInfo", "CurrentInfo"),
        new(Rules.ComparisonByCulture, "System.StringComparison", "CurrentCulture CurrentCultureIgnoreCase"),
        new(Rules.ComparisonByCulture, "System.StringComparer", "CurrentCulture CurrentCultureIgnoreCase"),
        new(Rules.ComparisonByCulture, "System.Globalization.CompareInfo"),
        new(Rules.FloatingPoint, "System.Math", Inexact),
        new(Rules.FloatingPoint, "System.MathF", Inexact),
        new(Rules.FloatingPoint, "System.Double", Inexact),
        new(Rules.FloatingPoint, "System.Single", Inexact),
        new(Rules.FloatingPoint, "System.Half", Inexact),
        new(Rules.ParallelWork, "System.Threading.Tasks.Task", "Run Delay WhenAny WhenEach WaitAny Factory Start"),
        new(Rules.ParallelWork, "System.Threading.Tasks.Task", "Wait WaitAll WaitAsync", isTimed: true),
        new(Rules.ParallelWork, "System.Threading.CancellationTokenSource", ".ctor CancelAfter", isTimed: true),
        new(Rules.ParallelWork, "System.Threading.SemaphoreSlim", "Wait WaitAsync", isTimed: true),
        new(Rules.ParallelWork, "System.Threading.Tasks.TaskFactory"),
        new(Rules.ParallelWork, "System.Threading.Tasks.Parallel"),
        new(Rules.ParallelWork, "System.Linq.ParallelEnumerable"),
        new(Rules.ParallelWork, "System.Threading.Thread"),
        new(Rules.ParallelWork, "System.Threading.ThreadPool"),
        new(Rules.ParallelWork, "System.Threading.Timer"),
        new(Rules.ParallelWork, "System.Threading.PeriodicTimer"),
        new(Rules.ParallelWork, "System.Threading.Channels.Channel"),
        new(Rules.KeptState, "System.Threading.ThreadLocal`1"),
        new(Rules.KeptState, "System.Threading.AsyncLocal`1"),
        new(Rules.HashCode, "System.HashCode"),
        new(Rules.HashCode, "System.Runtime.CompilerServices.RuntimeHelpers", "GetHashCode"),
    ];

    /// <summary>What of those namespaces works in memory alone.</summary>
    private static readonly HashSet<string> InMemory = new(StringComparer.Ordinal)
    {
        "Stream", "MemoryStream", "StringReader", "StringWriter", "TextReader", "TextWriter", "BinaryReader",
        "BinaryWriter", "StreamReader", "StreamWriter", "SeekOrigin", "IOException", "EndOfStreamException",
        "InvalidDataException", "WebUtility", "HttpStatusCode", "IPAddress", "IPNetwork",
    };

    private readonly Dictionary<INamedTypeSymbol, List<Entry>> _types = new(SymbolEqualityComparer.Default);

    public MachineSymbols(Compilation compilation)
    {
        foreach (var entry in Entries)
        {
            if (compilation.GetTypeByMetadataName(entry.Type) is not { } type)
            {
                continue;
            }

            if (!_types.TryGetValue(type, out var entries))
            {
                _types.Add(type, entries = []);
            }

            entries.Add(entry);
        }
    }

    /// <summary>Returns the rule against a member, if there is one.</summary>
    public DiagnosticDescriptor? RuleAgainst(ISymbol member)
    {
        for (var type = member.ContainingType; type is not null; type = type.BaseType)
        {
            if (_types.TryGetValue(type.OriginalDefinition, out var entries)
                && entries.FirstOrDefault(entry => entry.Has(member)) is { } entry)
            {
                return entry.Rule;
            }
        }

        return IsOfFilesOrNetwork(member.ContainingType) ? Rules.Machine : null;
    }

    private static bool IsOfFilesOrNetwork(INamedTypeSymbol? type)
    {
        if (type is null || InMemory.Contains(type.Name))
        {
            return false;
        }

        return type.ContainingNamespace.ToDisplayString() is "System.IO" or "System.Net" or "System.Net.Http"
            or "System.Net.Sockets" or "System.Net.NetworkInformation" or "System.Net.WebSockets"
            or "System.IO.Compression" or "System.IO.IsolatedStorage" or "System.IO.Pipes"
            or "System.IO.MemoryMappedFiles";
    }

    /// <param name="rule">The rule against it.</param>
    /// <param name="type">The type's name in metadata.</param>
    /// <param name="members">Which of its members, by name; all where it is null.</param>
    /// <param name="isTimed">Whether only where it takes how long, as a span or in milliseconds.</param>
    private sealed class Entry(DiagnosticDescriptor rule, string type, string? members = null, bool isTimed = false)
    {
        private readonly string[]? _members = members?.Split(' ');

        public DiagnosticDescriptor Rule { get; } = rule;

        public string Type { get; } = type;

        public bool Has(ISymbol member) => (_members is null || Array.IndexOf(_members, member.Name) >= 0)
            && (!isTimed || member is IMethodSymbol method && method.Parameters.Any(IsTime));

        private static bool IsTime(IParameterSymbol parameter) =>
            parameter.Type is { SpecialType: SpecialType.System_Int32 } or { Name: "TimeSpan" };
    }
}
