using System.Globalization;
using System.Net;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Drafting;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Model;
using Microsoft.Extensions.Configuration.Memory;

namespace MicroCreds.Ledger.Gateway.Configuration;

/// <summary>Reads the service's options and names every fault at once.</summary>
public static class OptionsReader
{
    /// <summary>The section of the configuration file.</summary>
    public const string Section = "MicroCreds";

    /// <summary>What every environment variable starts with.</summary>
    public const string EnvironmentPrefix = "MICROCREDS_";

    /// <summary>The environment variable and command-line switch that name the configuration file.</summary>
    public const string FileSetting = "config";

    /// <summary>The shortest API key that is taken from outside: 32 characters leave no room for guessing.</summary>
    public const int MinApiKeyLength = 32;

    /// <summary>Every setting there is, as the configuration file spells it.</summary>
    public static IEnumerable<string> Known => typeof(GatewayServiceOptions).GetProperties()
        .Select(property => property.Name)
        .Except(
        [
            nameof(GatewayServiceOptions.SignOn), nameof(GatewayServiceOptions.KeyPlaces),
            nameof(GatewayServiceOptions.Webhooks), nameof(GatewayServiceOptions.Brand),
            nameof(GatewayServiceOptions.Learners), nameof(GatewayServiceOptions.Wallets),
        ])
        .Concat(SignOnReader.Settings).Concat(KeyPlaceReader.Settings).Concat(WebhookReader.Settings)
        .Concat(BrandReader.Settings).Concat(LearnerReader.Settings).Concat(WalletReader.Settings)
        .Append(FileSetting);

    /// <summary>Adds the configuration file, if one is named, and the environment.</summary>
    /// <exception cref="OptionsException">The named file cannot be read.</exception>
    private static void AddSources(IConfigurationManager configuration, string[] args)
    {
        // Four lines for each request would hide what an operator looks for; file and environment may say otherwise.
        configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = [new("Logging:LogLevel:Microsoft.AspNetCore", "Warning")],
        });
        string? file = Environment.GetEnvironmentVariable(EnvironmentPrefix + FileSetting.ToUpperInvariant());
        int position = Array.IndexOf(args, "--" + FileSetting);
        if (position >= 0)
            file = position + 1 < args.Length ? args[position + 1] : "";

        if (file is not null)
        {
            if (!File.Exists(file))
                throw new OptionsException([$"--{FileSetting}: there is no file \"{file}\"."]);
            configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        }

        var environment = new Dictionary<string, string?>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            {
                string setting = name[EnvironmentPrefix.Length..].Replace("_", "", StringComparison.Ordinal);
                environment[$"{Section}:{setting}"] = (string?)variable.Value;
            }
        }

        configuration.AddInMemoryCollection(environment);
    }

    /// <summary>Reads and checks the options, and makes the data directory.</summary>
    /// <exception cref="OptionsException">Something is missing or wrong; the message names all of it.</exception>
    public static GatewayServiceOptions Read(IConfigurationManager configuration, string[] args)
    {
        AddSources(configuration, args);
        var section = configuration.GetSection(Section);
        var faults = new List<string>();
        RefuseUnknown(section, faults);
        var options = new GatewayServiceOptions
        {
            MspId = Required(section, nameof(GatewayServiceOptions.MspId), faults),
            Channel = section[nameof(GatewayServiceOptions.Channel)] ?? "credentials",
            Chaincode = section[nameof(GatewayServiceOptions.Chaincode)] ?? "microcreds",
            PeerEndpoint = Required(section, nameof(GatewayServiceOptions.PeerEndpoint), faults),
            PeerTlsCa = RequiredFile(section, nameof(GatewayServiceOptions.PeerTlsCa), faults),
            PeerTlsName = Optional(section, nameof(GatewayServiceOptions.PeerTlsName)),
            UserCert = RequiredFile(section, nameof(GatewayServiceOptions.UserCert), faults),
            UserKey = KeyOf(section, nameof(GatewayServiceOptions.UserKey), faults)
                ?? Required(section, nameof(GatewayServiceOptions.UserKey), faults),
            AdminCert = OptionalFile(section, nameof(GatewayServiceOptions.AdminCert), faults),
            AdminKey = KeyOf(section, nameof(GatewayServiceOptions.AdminKey), faults),
            KeyPlaces = KeyPlaceReader.Read(section, faults),
            Listen = (Optional(section, nameof(GatewayServiceOptions.Listen)) ?? "http://127.0.0.1:5101").TrimEnd('/'),
            PublicUrl = Optional(section, nameof(GatewayServiceOptions.PublicUrl))?.TrimEnd('/'),
            DataDirectory = Required(section, nameof(GatewayServiceOptions.DataDirectory), faults),
            Database = Optional(section, nameof(GatewayServiceOptions.Database)),
            DatabasePasswordFile = OptionalFile(section, nameof(GatewayServiceOptions.DatabasePasswordFile), faults),
            IssuerKeyFile = OptionalFile(section, nameof(GatewayServiceOptions.IssuerKeyFile), faults),
            IssuerKeyAlgorithm = Algorithm(section, nameof(GatewayServiceOptions.IssuerKeyAlgorithm), faults),
            MlDsa = Choice(section, nameof(GatewayServiceOptions.MlDsa), MlDsaUse.None, faults),
            IssuerCert = OptionalFile(section, nameof(GatewayServiceOptions.IssuerCert), faults),
            WitnessedLogs = OptionalFile(section, nameof(GatewayServiceOptions.WitnessedLogs), faults),
            LogCosigners = CosignersOf(section, nameof(GatewayServiceOptions.LogCosigners), faults),
            LogExchange = Positive(section, nameof(GatewayServiceOptions.LogExchange), faults)
                ?? TimeSpan.FromSeconds(5),
            SdJwtIssuer = Choice(section, nameof(GatewayServiceOptions.SdJwtIssuer), SdJwtIssuer.Did, faults),
            OwnContext = Choice(section, nameof(GatewayServiceOptions.OwnContext), OwnContext.Published, faults),
            ApiKey = Optional(section, nameof(GatewayServiceOptions.ApiKey)),
            ApiKeyFile = Optional(section, nameof(GatewayServiceOptions.ApiKeyFile)),
            FreshCredential = Duration(section, nameof(GatewayServiceOptions.FreshCredential), faults)
                ?? TimeSpan.FromMinutes(5),
            SessionLifetime = Positive(section, nameof(GatewayServiceOptions.SessionLifetime), faults)
                ?? TimeSpan.FromHours(10),
            SessionIdle = Positive(section, nameof(GatewayServiceOptions.SessionIdle), faults)
                ?? TimeSpan.FromMinutes(30),
            AuditRetention = Positive(section, nameof(GatewayServiceOptions.AuditRetention), faults)
                ?? TimeSpan.FromDays(3653),
            SignOn = SignOnReader.Read(
                section, Optional(section, nameof(GatewayServiceOptions.PublicUrl))?.TrimEnd('/'), faults),
            Approval = Approval(Optional(section, nameof(GatewayServiceOptions.Approval)), faults),
            TimeZone = Zone(Optional(section, nameof(GatewayServiceOptions.TimeZone)), faults),
            MemberGateways = Gateways(section, nameof(GatewayServiceOptions.MemberGateways), faults),
            FetchForeignKeys = YesOrNo(section, nameof(GatewayServiceOptions.FetchForeignKeys), true, faults),
            Brand = BrandReader.Read(section, faults),
            Learners = LearnerReader.Read(section, faults),
            Wallets = WalletReader.Read(section, faults),
            SkillsFile = Skills(Optional(section, nameof(GatewayServiceOptions.SkillsFile)), faults),
            Webhooks = WebhookReader.Read(section, faults),
            OtlpEndpoint = Optional(section, nameof(GatewayServiceOptions.OtlpEndpoint))
                ?? NullIfEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")),
            OperationsListen = Optional(section, nameof(GatewayServiceOptions.OperationsListen))?.TrimEnd('/'),
            MinFreeMegabytes = Number(section, nameof(GatewayServiceOptions.MinFreeMegabytes), faults) ?? 256,
            ClientUnitsPerSecond = Limit(section, nameof(GatewayServiceOptions.ClientUnitsPerSecond), 100, faults),
            UnitsPerSecond = Limit(section, nameof(GatewayServiceOptions.UnitsPerSecond), 2000, faults),
            EventBeat = Positive(section, nameof(GatewayServiceOptions.EventBeat), faults)
                ?? TimeSpan.FromSeconds(15),
            ClientRequestsAtATime = Limit(section, nameof(GatewayServiceOptions.ClientRequestsAtATime), 64, faults),
            LimitLoopback = string.Equals(
                section[nameof(GatewayServiceOptions.LimitLoopback)], "true", StringComparison.OrdinalIgnoreCase),
            TrustedProxies = Proxies(section, nameof(GatewayServiceOptions.TrustedProxies), faults),
        };
        CheckTogether(options, faults);
        if (faults.Count > 0)
            throw new OptionsException(faults);
        MakeDirectory(options.DataDirectory);
        return options;
    }

    private static void MakeDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OptionsException(
            [
                $"{nameof(GatewayServiceOptions.DataDirectory)} is \"{path}\" and cannot be made: name one that this "
                + $"user may write to. {exception.Message}",
            ]);
        }
    }

    private static T Choice<T>(IConfigurationSection section, string name, T usual, List<string> faults)
        where T : struct, Enum
    {
        if (Optional(section, name) is not { } text) return usual;
        if (Enum.TryParse(text, ignoreCase: true, out T chosen) && Enum.IsDefined(chosen)) return chosen;
        faults.Add($"{name} is \"{text}\": it must be {string.Join(" or ", Enum.GetNames<T>())}.");
        return usual;
    }

    private static ApprovalPolicy Approval(string? text, List<string> faults)
    {
        if (text is null) return ApprovalPolicy.None;
        if (ApprovalPolicy.Parse(text) is { } policy) return policy;
        faults.Add(
            $"Approval is \"{text}\": it must be none, all, or the number of rows above which another approves.");
        return ApprovalPolicy.None;
    }

    private static string? Skills(string? path, List<string> faults)
    {
        if (path is not null && SkillList.FaultOf(path) is { } fault) faults.Add($"SkillsFile is \"{path}\": {fault}");
        return path;
    }

    private static string Zone(string? text, List<string> faults)
    {
        if (text is null) return TimeZoneInfo.Local.Id;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(text, out _))
            faults.Add($"TimeZone is \"{text}\": it must be a time zone's IANA name, such as Europe/Berlin.");
        return text;
    }

    private static void CheckTogether(GatewayServiceOptions options, List<string> faults)
    {
        if (options.AdminCert is null != options.AdminKey is null)
            faults.Add("AdminCert and AdminKey: name both or neither.");
        if (options.DatabasePasswordFile is not null && options.Database is null)
            faults.Add("DatabasePasswordFile is for a Database: name that too, or neither.");
        CheckUrl(nameof(options.Listen), options.Listen, faults);
        if (options.OtlpEndpoint is not null)
            CheckUrl(nameof(options.OtlpEndpoint), options.OtlpEndpoint, faults);
        if (options.OperationsListen is not null)
        {
            CheckUrl(nameof(options.OperationsListen), options.OperationsListen, faults);
            if (Uri.TryCreate(options.OperationsListen, UriKind.Absolute, out var own)
                && Uri.TryCreate(options.Listen, UriKind.Absolute, out var open) && own.Port == open.Port)
            {
                faults.Add($"OperationsListen is \"{options.OperationsListen}\": its port must be another than that of "
                    + $"Listen, {options.Listen}.");
            }
        }

        if (options.PublicUrl is not null)
            CheckPublicUrl(options.PublicUrl, faults);
        if (options.ApiKey is { Length: < MinApiKeyLength })
        {
            faults.Add($"ApiKey has {options.ApiKey.Length} characters: take at least {MinApiKeyLength} random ones, "
                + "for instance of `openssl rand -hex 32`.");
        }

        if (options.PeerEndpoint.Length > 0 && options.PeerEndpoint.LastIndexOf(':') < 1)
            faults.Add($"PeerEndpoint is \"{options.PeerEndpoint}\": it must be host:port, such as 127.0.0.1:7051.");
    }

    private static void RefuseUnknown(IConfigurationSection section, List<string> faults)
    {
        var unknown = section.GetChildren().Select(child => child.Key).Except(Known, StringComparer.OrdinalIgnoreCase);
        faults.AddRange(unknown.Select(name => $"{name} is not a setting: mend or remove it."));
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static string? Optional(IConfigurationSection section, string name) =>
        NullIfEmpty(section[name]);

    private static string Required(IConfigurationSection section, string name, List<string> faults)
    {
        if (Optional(section, name) is { } value)
            return value;
        faults.Add($"{name} is missing: set it in the file's section {Section} or as "
            + $"{EnvironmentPrefix}{Upper(name)}.");
        return "";
    }

    private static string RequiredFile(IConfigurationSection section, string name, List<string> faults)
    {
        string path = Required(section, name, faults);
        return path.Length == 0 ? path : CheckFile(name, path, faults);
    }

    private static string? OptionalFile(IConfigurationSection section, string name, List<string> faults) =>
        Optional(section, name) is { } path ? CheckFile(name, path, faults) : null;

    private static string? CosignersOf(IConfigurationSection section, string name, List<string> faults) =>
        Optional(section, name) is LogCosigners.Members ? LogCosigners.Members : OptionalFile(section, name, faults);

    /// <summary>Reads where a private key is: in a file, which must be there, or elsewhere.</summary>
    private static string? KeyOf(IConfigurationSection section, string name, List<string> faults)
    {
        if (Optional(section, name) is not { } key || !KeyPlaceOptions.IsPlaced(key))
            return OptionalFile(section, name, faults);
        KeyPlaceReader.CheckAddress(section, name, key, faults);
        return key;
    }

    private static string CheckFile(string name, string path, List<string> faults)
    {
        if (!File.Exists(path))
            faults.Add($"{name} is \"{path}\": there is no such file.");
        return path;
    }

    private static void CheckUrl(string name, string url, List<string> faults)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            faults.Add($"{name} is \"{url}\": it must be an absolute http or https address.");
    }

    // Addresses are made by adding to it, and they stand in credentials for ever.
    private static void CheckPublicUrl(string url, List<string> faults)
    {
        const string Name = nameof(GatewayServiceOptions.PublicUrl);
        CheckUrl(Name, url, faults);
        if (Uri.TryCreate(url, UriKind.Absolute, out var address)
            && (address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0))
            faults.Add($"{Name} is \"{url}\": it must have no query, no fragment and no login in it.");
        if (url.Length > Limits.MaxUrlLength / 2)
            faults.Add($"{Name} has {url.Length} characters; at most {Limits.MaxUrlLength / 2} are taken.");
    }

    private static TimeSpan? Duration(IConfigurationSection section, string name, List<string> faults)
    {
        if (Optional(section, name) is not { } text)
            return null;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration >= TimeSpan.Zero)
            return duration;
        faults.Add($"{name} is \"{text}\": it must be a duration as hh:mm:ss.");
        return null;
    }

    private static TimeSpan? Positive(IConfigurationSection section, string name, List<string> faults)
    {
        var duration = Duration(section, name, faults);
        if (duration == TimeSpan.Zero)
            faults.Add($"{name} is nothing: it must be longer.");
        return duration;
    }

    private static int? Number(IConfigurationSection section, string name, List<string> faults)
    {
        if (Optional(section, name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return number;
        faults.Add($"{name} is \"{text}\": it must be a whole number from 0.");
        return null;
    }

    private static int Limit(IConfigurationSection section, string name, int otherwise, List<string> faults)
    {
        int number = Number(section, name, faults) ?? otherwise;
        if (number == 0)
            faults.Add($"{name} is 0: nobody would be answered.");
        return number;
    }

    private static string[] Proxies(IConfigurationSection section, string name, List<string> faults)
    {
        string[] proxies = (Optional(section, name) ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        faults.AddRange(proxies
            .Where(proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
            .Select(proxy => $"{name} holds \"{proxy}\": it must be an address or a network such as 10.0.0.0/8."));
        return proxies;
    }

    private static MemberGateway[] Gateways(IConfigurationSection section, string name, List<string> faults)
    {
        var gateways = new List<MemberGateway>();
        foreach (string one in (Optional(section, name) ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int end = one.IndexOf('=', StringComparison.Ordinal);
            if (end > 0 && Uri.TryCreate(one[(end + 1)..].TrimEnd('/'), UriKind.Absolute, out var address)
                && address is { Scheme: "https" or "http", UserInfo: "", Query: "", Fragment: "" })
            {
                gateways.Add(new MemberGateway(one[..end], address));
                continue;
            }

            faults.Add(
                $"{name} holds \"{one}\": it must be a member and its gateway's address, such as "
                + "AuroraMSP=https://credentials.aurora.example.");
        }

        return [.. gateways];
    }

    private static bool YesOrNo(IConfigurationSection section, string name, bool otherwise, List<string> faults)
    {
        if (Optional(section, name) is not { } text) return otherwise;
        if (bool.TryParse(text, out bool said)) return said;
        faults.Add($"{name} is \"{text}\": it must be true or false.");
        return otherwise;
    }

    private static KeyAlgorithm Algorithm(IConfigurationSection section, string name, List<string> faults)
    {
        if (Optional(section, name) is not { } text)
            return KeyAlgorithm.P256;
        var known = Enum.GetNames<KeyAlgorithm>();
        if (known.Contains(text, StringComparer.OrdinalIgnoreCase))
            return Enum.Parse<KeyAlgorithm>(text, ignoreCase: true);
        faults.Add($"{name} is \"{text}\": it must be {string.Join(" or ", known)}.");
        return KeyAlgorithm.P256;
    }

    private static string Upper(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()));
}
