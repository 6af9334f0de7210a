using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine;

/// <summary>Which gateway is asked, and with which API key.</summary>
internal sealed class GatewayAccess
{
    /// <summary>The environment variable that names the gateway.</summary>
    public const string GatewayVariable = "MICROCREDS_GATEWAY";

    /// <summary>The environment variable that holds the API key.</summary>
    public const string KeyVariable = "MICROCREDS_API_KEY";

    /// <summary>The most faults that are told beside the first.</summary>
    private const int MaxFaultsTold = 20;

    /// <summary>The longest answer that is taken where a command does not know it to be shorter.</summary>
    private const int MaxAnswerBytes = 64 * 1024 * 1024;

    /// <summary>How deep an answer may be nested, which may hold a credential that is nested itself.</summary>
    public const int MaxAnswerDepth = 2 * Limits.MaxJsonDepth;

    /// <summary>The longest words of a refusal that are taken.</summary>
    private const int MaxRefusalBytes = 1024 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly Option<string?> _gateway = new("--gateway")
    {
        Description = $"The gateway's address. Default is the environment variable {GatewayVariable}.",
        HelpName = "url",
    };

    private readonly Option<FileInfo?> _keyFile = new("--api-key-file")
    {
        Description = $"The file that holds the API key. Default is the environment variable {KeyVariable}. The key "
            + "itself is no option: other users of the machine could read it.",
        HelpName = "file",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command, bool withKey = true)
    {
        command.Options.Add(_gateway);
        if (withKey) command.Options.Add(_keyFile);
    }

    /// <summary>Finds the gateway's address, if one is named.</summary>
    public Uri? Find(ParseResult parsed)
    {
        string? text = parsed.GetValue(_gateway) ?? Environment.GetEnvironmentVariable(GatewayVariable);
        return string.IsNullOrWhiteSpace(text) ? null : Read(text, "--gateway");
    }

    /// <summary>Opens a further gateway without a login.</summary>
    /// <param name="text">Its address.</param>
    /// <param name="option">The option that names it.</param>
    public static HttpClient OpenForAnyone(string text, string option) => Open(Read(text, option));

    /// <summary>Opens the gateway without a login.</summary>
    public HttpClient OpenForAnyone(ParseResult parsed) => Open(Find(parsed) ?? throw new CommandException(
        ExitCodes.Usage, $"No gateway is named: add --gateway, or set {GatewayVariable}."));

    /// <summary>Opens a further gateway whose keys are taken as it names them.</summary>
    /// <param name="text">Its address.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="CommandException">It is a host on the network, over plain http.</exception>
    public static HttpClient OpenForKeys(string text, string option) => WithKeys(OpenForAnyone(text, option));

    /// <summary>Opens the gateway, whose keys are taken as it names them.</summary>
    /// <exception cref="CommandException">It is a host on the network, over plain http.</exception>
    public HttpClient OpenForKeys(ParseResult parsed) => WithKeys(OpenForAnyone(parsed));

    /// <summary>Opens the gateway with the API key.</summary>
    public HttpClient OpenWithKey(ParseResult parsed)
    {
        var client = OpenForAnyone(parsed);
        RequireSafe(client, "the API key would be read on the way.");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", KeyOf(parsed));
        return client;
    }

    /// <summary>Asks for an answer that is not longer than it may be.</summary>
    /// <exception cref="CommandException">It is a problem, or longer.</exception>
    public static async Task<byte[]> GetAsync(
        HttpClient gateway, string path, int maxBytes, CancellationToken cancellationToken)
    {
        // The headers alone: what follows them is bounded where it is read.
        using var answer = await gateway.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await RequireSuccessAsync(answer, cancellationToken);
        return await ReadAsync(answer, maxBytes, cancellationToken);
    }

    /// <summary>Reads an answer of which no more than the headers were read yet.</summary>
    /// <exception cref="CommandException">It is longer than it may be.</exception>
    public static async Task<byte[]> ReadAsync(
        HttpResponseMessage answer, int maxBytes, CancellationToken cancellationToken)
    {
        // The client's own limit of time ends with the headers.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Timeout);
        try
        {
            await answer.Content.LoadIntoBufferAsync(maxBytes, patience.Token);
        }
        catch (HttpRequestException exception) when (IsTooLong(exception))
        {
            throw new CommandException(
                ExitCodes.BadData,
                $"{answer.RequestMessage?.RequestUri} answers with more than the {maxBytes} bytes that such an answer "
                + "has at most: is it a gateway?");
        }

        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>Reads an answer that is a JSON object.</summary>
    /// <exception cref="CommandException">It is none, or one that readers could understand differently.</exception>
    public static async Task<JsonObject> ReadObjectAsync(
        HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        byte[] said = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            using var whole = StrictJson.Parse(said, MaxAnswerDepth);
            return whole.RootElement.ValueKind == JsonValueKind.Object
                ? JsonNode.Parse(said)!.AsObject()
                : throw new StrictJsonException("", "It is no object.");
        }
        catch (StrictJsonException exception)
        {
            throw new CommandException(
                ExitCodes.BadData,
                $"{answer.RequestMessage?.RequestUri} answers in another form: is it a gateway? {exception.Message}");
        }
    }

    /// <summary>Whether an answer was not read to its end since it is longer than it may be.</summary>
    public static bool IsTooLong(HttpRequestException exception) =>
        exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded;

    /// <summary>Requires an answer of success; a problem becomes an error that says what the gateway said.</summary>
    public static async Task RequireSuccessAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode) return;
        string said = Encoding.UTF8.GetString(await ReadAsync(answer, MaxRefusalBytes, cancellationToken));
        throw new CommandException(
            answer.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.NoPermission,
                >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests => ExitCodes.Unavailable,
                _ => ExitCodes.BadData,
            },
            $"{answer.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Authority)} answered "
            + $"{(int)answer.StatusCode}: {DetailOf(said)}");
    }

    private static HttpClient WithKeys(HttpClient client)
    {
        RequireSafe(client, "whoever sits on the way could put in keys of his own.");
        return client;
    }

    private static void RequireSafe(HttpClient client, string danger)
    {
        if (client.BaseAddress is { Scheme: "http", IsLoopback: false } address)
        {
            throw new CommandException(
                ExitCodes.Usage, $"{address} is plain http: {danger} Use https; http is taken of this machine alone.");
        }
    }

    private static Uri Read(string text, string option) =>
        Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
            ? address
            : throw new CommandException(
                ExitCodes.Usage, $"{option} is \"{text}\": it must be an address such as https://creds.example.");

    private static HttpClient Open(Uri address) => new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        BaseAddress = address,
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    private string KeyOf(ParseResult parsed)
    {
        string? key;
        if (parsed.GetValue(_keyFile) is { } file)
        {
            key = file.Exists
                ? File.ReadAllText(file.FullName)
                : throw new CommandException(ExitCodes.NoInput, $"--api-key-file: there is no file {file.FullName}.");
        }
        else
        {
            key = Environment.GetEnvironmentVariable(KeyVariable);
        }

        return string.IsNullOrWhiteSpace(key)
            ? throw new CommandException(
                ExitCodes.NoPermission, $"An API key is needed: set {KeyVariable}, or name a file with --api-key-file.")
            : key.Trim();
    }

    /// <summary>Takes out of a problem what a person needs: what is wrong, and each further fault on a line.</summary>
    public static string DetailOf(string body)
    {
        const int Longest = 300;
        try
        {
            using var problem = StrictJson.Parse(Encoding.UTF8.GetBytes(body));
            if (problem.RootElement.ValueKind == JsonValueKind.Object
                && problem.RootElement.TryGetProperty("detail", out var detail))
                return detail + FurtherFaults(problem.RootElement);
        }
        catch (StrictJsonException)
        {
            // Not one of our gateways, or something in front of it.
            return body.Length > Longest ? body[..Longest] : body;
        }

        return body;
    }

    // The detail tells the first of them already.
    private static string FurtherFaults(JsonElement problem)
    {
        if (!problem.TryGetProperty("errors", out var faults) || faults.ValueKind != JsonValueKind.Array) return "";
        var lines = faults.EnumerateArray().Where(fault => fault.ValueKind == JsonValueKind.Object).Skip(1)
            .Take(MaxFaultsTold).Select(fault =>
                (fault.TryGetProperty("row", out var row) ? $"row {row}, " : "")
                + $"{MemberOf(fault, "pointer")}: {MemberOf(fault, "reason")}").ToList();
        if (faults.GetArrayLength() - 1 > MaxFaultsTold) lines.Add("…");
        return string.Concat(lines.Select(line => $"\n  {line}"));

        static JsonElement? MemberOf(JsonElement fault, string name) =>
            fault.TryGetProperty(name, out var member) ? member : null;
    }
}
