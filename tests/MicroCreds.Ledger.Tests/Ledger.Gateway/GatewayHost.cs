using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using GatewayProgram = MicroCreds.Ledger.Gateway.Program;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>One institution's gateway, in this process, on a free port, driven over real HTTP.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string ApiKey = "test-key-0123456789-0123456789-0123456789";

    private readonly LedgerMember _member;
    private WebApplication? _service;

    private GatewayHost(LedgerMember member, string directory, string[] more) =>
        (_member, DataDirectory, More) = (member, directory, more);

    public string DataDirectory { get; }

    /// <summary>Where its store is.</summary>
    public StorePlace Place
    {
        get
        {
            const string Setting = "Database=";
            string? postgres = Array.FindLast(More, one => one.StartsWith(Setting, StringComparison.Ordinal));
            return postgres is null
                ? new StorePlace(DataDirectory)
                : new StorePlace(Directory: null, postgres[Setting.Length..]);
        }
    }

    public string MspId => _member.MspId;

    public LedgerMember Member => _member;

    /// <summary>The wire to the ledger, which can be cut.</summary>
    public FaultyConnection Wire { get; private set; } = null!;

    /// <summary>Further settings, from the next start on.</summary>
    public string[] More { get; set; }

    /// <summary>Whether the wire is cut from the next start on.</summary>
    public bool StartsCut { get; set; }

    /// <summary>With the bootstrap key, which may do everything.</summary>
    public HttpClient Registrar { get; private set; } = null!;

    /// <summary>Without a login.</summary>
    public HttpClient Anyone { get; private set; } = null!;

    public IServiceProvider Services => _service!.Services;

    /// <summary>All that the gateway logged.</summary>
    public LogBook Log { get; } = new();

    /// <param name="member">Whose gateway it is.</param>
    /// <param name="more">Further settings, such as <c>IssuerKeyAlgorithm=Ed25519</c>.</param>
    public static async Task<GatewayHost> StartAsync(LedgerMember member, params string[] more)
    {
        var host = Prepare(member, [.. await TestStore.NewAsync(), .. more]);
        await host.StartAsync();
        return host;
    }

    /// <summary>Makes a gateway that is not started yet.</summary>
    public static GatewayHost Prepare(LedgerMember member, params string[] more) =>
        new(member, Directory.CreateTempSubdirectory("gateway-").FullName, more);

    /// <summary>What every gateway of a member is started with.</summary>
    public static string[] SettingsOf(LedgerMember member)
    {
        var (certificate, key) = member.FilesOf("User1");
        var (adminCertificate, adminKey) = member.FilesOf("Admin");
        return
        [
            $"MspId={member.MspId}", $"Channel={member.Channel}", $"PeerEndpoint={member.PeerEndpoint}",
            $"PeerTlsCa={member.PeerTlsCaFile}", $"PeerTlsName=peer0.{member.Domain}", $"UserCert={certificate}",
            $"UserKey={key}", $"AdminCert={adminCertificate}", $"AdminKey={adminKey}", $"ApiKey={ApiKey}",
        ];
    }

    public async Task StartAsync()
    {
        // Once: a store that a test takes away is not there.
        bool isElsewhere = More.Any(one => one.StartsWith("Database=", StringComparison.Ordinal));
        if (_service is null && !isElsewhere) await TestStore.LayAsync(DataDirectory);
        string[] settings =
            [.. SettingsOf(_member), "Listen=http://127.0.0.1:0", $"DataDirectory={DataDirectory}", .. More];
        string[] quiet = ["--Logging:Console:LogLevel:Default=None"];
        _service = await GatewayProgram.CreateAsync(
            [.. settings.Select(setting => "--MicroCreds:" + setting), .. quiet],
            services =>
            {
                var real = services.Last(service => service.ServiceType == typeof(ILedgerConnection));
                services.AddSingleton<ILedgerConnection>(provider =>
                    Wire = new FaultyConnection((ILedgerConnection)real.ImplementationFactory!(provider))
                    {
                        IsCut = StartsCut,
                    });
                services.AddSingleton<ILoggerProvider>(Log);
            });
        await _service.StartAsync();
        string address = _service.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First();
        Anyone = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        Registrar = With(ApiKey);
    }

    /// <summary>A client with an API key.</summary>
    public HttpClient With(string apiKey)
    {
        var client = new HttpClient { BaseAddress = Anyone.BaseAddress, Timeout = Anyone.Timeout };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        return client;
    }

    /// <summary>Stops the service and starts it anew on the same data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>
    /// Writes the institution and publishes an achievement, if they are not there, and waits for what the gateway
    /// writes by itself then.
    /// </summary>
    public async Task PrepareAsync(string achievement = "data-literacy")
    {
        await OkAsync(await Registrar.PutAsJsonAsync("/v1/institution", Profile()));
        await _member.ConfirmAsync();
        await SaysAsync("/v1/log", "\"keyOnLedger\":\"log-");
        await OkAsync(await Registrar.PostAsJsonAsync("/v1/achievements", Achievement(achievement)));
    }

    /// <summary>Waits until the gateway has made the policies of its records anew, which it does by itself.</summary>
    public async Task SettleAsync()
    {
        JsonNode? count = null;
        await Until.TrueAsync(
            async () =>
            {
                count = JsonNode.Parse(await Registrar.GetStringAsync("/v1/consortium/policies"));
                return (int)count!["waiting"]! == 0 && (int)count["stuck"]! == 0;
            },
            () => $"{count}");
    }

    public JsonObject Profile() => new()
    {
        ["name"] = _member.Institution.Name,
        ["country"] = _member.Institution.Country,
        ["did"] = _member.Institution.Did,
    };

    public static JsonObject Achievement(string id, int version = 1) => new()
    {
        ["id"] = id,
        ["version"] = version,
        ["name"] = "Data Literacy",
        ["description"] = "Reading and questioning data.",
        ["criteria"] = "A portfolio.",
        ["learningOutcomes"] = new JsonArray("Judges a data source"),
        ["credits"] = 3,
        ["language"] = "en",
        ["assessment"] = "portfolio",
        ["participation"] = "blended",
        ["qualityAssurance"] = "internal",
    };

    public static JsonObject Row(string name, string achievement = "data-literacy") => new()
    {
        ["achievement"] = achievement,
        ["recipient"] = new JsonObject { ["name"] = name, ["email"] = $"{Guid.NewGuid():N}@student.example" },
    };

    /// <summary>Posts a JSON body as the registrar.</summary>
    public Task<HttpResponseMessage> PostAsync(string address, object body) => Registrar.PostAsJsonAsync(address, body);

    /// <summary>Posts a JSON body as the registrar, as a request of a name.</summary>
    public async Task<HttpResponseMessage> PostAsync(string address, object body, string idempotencyKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = JsonContent.Create(body),
            Headers = { { "Idempotency-Key", idempotencyKey } },
        };
        return await Registrar.SendAsync(request);
    }

    /// <summary>Issues a credential and returns the document's bytes.</summary>
    public async Task<byte[]> IssueAsync(string name)
    {
        using var answer = await OkAsync(await Registrar.PostAsJsonAsync("/v1/credentials", Row(name)));
        return await answer.Content.ReadAsByteArrayAsync();
    }

    public async Task<JsonNode> VerifyAsync(ReadOnlyMemory<byte> document)
    {
        using var content = new ReadOnlyMemoryContent(document);
        using var answer = await Anyone.PostAsync("/v1/verifications", content);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    public async Task<string> VerdictAsync(ReadOnlyMemory<byte> document) =>
        (string)(await VerifyAsync(document))["verdict"]!;

    /// <summary>Reads until the answer holds a text: a gateway may be a moment behind another.</summary>
    public async Task<string> SaysAsync(string path, string text)
    {
        string said = "";
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await Anyone.GetAsync(path);
                said = await answer.Content.ReadAsStringAsync();
                return said.Contains(text, StringComparison.Ordinal);
            },
            () => $"{path} did not say {text}: {said}");
        return said;
    }

    /// <summary>Reads with a key until the answer holds a text.</summary>
    public async Task SaysAsAsync(string apiKey, string path, string text)
    {
        using var client = With(apiKey);
        string said = "";
        await Until.TrueAsync(
            async () => (said = await client.GetStringAsync(path)).Contains(text, StringComparison.Ordinal),
            () => $"{path} did not say {text}: {said}");
    }

    public static async Task<HttpResponseMessage> OkAsync(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri} answered "
                + $"{(int)answer.StatusCode}: "
                + await answer.Content.ReadAsStringAsync());
        }

        return answer;
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static string IdOf(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return json.RootElement.GetProperty("id").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(DataDirectory, recursive: true);
    }

    public async Task StopAsync()
    {
        Anyone.Dispose();
        Registrar.Dispose();
        await _service!.StopAsync();
        await _service.DisposeAsync();
    }
}
