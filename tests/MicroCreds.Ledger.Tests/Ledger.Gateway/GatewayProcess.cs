using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Tidy;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>One institution's gateway as a process of its own, which can be killed.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private const int MaxWords = 200;

    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-").FullName;
    private readonly string[] _settings;
    private readonly ConcurrentQueue<string> _words = [];
    private Process? _process;

    /// <param name="settings">What it is started with, but where it listens and its data directory.</param>
    public GatewayProcess(IEnumerable<string> settings)
    {
        string address = "http://" + FreePorts.TakeAddress();
        _settings = [.. settings, "Listen=" + address, "DataDirectory=" + _directory];
        Anyone = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        Registrar = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        Registrar.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GatewayHost.ApiKey);
    }

    public HttpClient Anyone { get; }

    public HttpClient Registrar { get; }

    /// <summary>The last of what it said.</summary>
    public string Words => string.Join('\n', _words);

    /// <summary>How many credentials the institution has on the ledger, as far as it has read that.</summary>
    public async Task<long> CountIssuedAsync() =>
        (long)(await Anyone.GetFromJsonAsync<JsonNode>("/v1/statistics"))!["totals"]!["issued"]!;

    /// <summary>Starts it, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        Launch();
        string seen = "nothing";
        await Until.TrueAsync(
            async () =>
            {
                // Without its database it does not start; whoever watches over it starts it again.
                if (_process!.HasExited) Launch();
                try
                {
                    using var answer = await Anyone.GetAsync("/readyz");
                    seen = await answer.Content.ReadAsStringAsync();
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException exception)
                {
                    seen = exception.Message;
                    return false;
                }
            },
            () => $"the gateway is not ready: {seen}\n{Words}");
    }

    /// <summary>Tells whether it leads; not if it does not answer.</summary>
    public async Task<bool> LeadsAsync()
    {
        try
        {
            return (bool)(await Instances.ReadAsync(Anyone))["leads"]!;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Kills it without a warning.</summary>
    public void Kill()
    {
        if (_process is null) return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        Anyone.Dispose();
        Registrar.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Launch()
    {
        _process?.Dispose();
        string program = Path.Combine(
            Repository.Root, "gateway", "MicroCreds.Ledger.Gateway", "bin", Configuration, "net10.0",
            "MicroCreds.Ledger.Gateway.dll");
        string[] arguments = [program, .. _settings.Select(setting => "--MicroCreds:" + setting)];
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Note(string? line)
    {
        if (line is null) return;
        _words.Enqueue(line);
        while (_words.Count > MaxWords) _words.TryDequeue(out _);
    }
}
