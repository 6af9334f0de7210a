using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>An orderer's admin endpoint, which osnadmin talks to: tells it of a channel.</summary>
internal sealed class OrdererAdmin : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2 _root;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly string _name;

    /// <param name="name">The orderer's name, for messages.</param>
    /// <param name="endpoint">Where its admin endpoint listens.</param>
    /// <param name="tlsDirectory">The orderer's TLS certificate, key and authority.</param>
    public OrdererAdmin(string name, string endpoint, string tlsDirectory)
    {
        _name = name;
        using var pem = X509Certificate2.CreateFromPemFile(
            Path.Combine(tlsDirectory, "server.crt"), Path.Combine(tlsDirectory, "server.key"));

        // Some platforms' TLS does not take keys that live in memory only.
        _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        _root = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(tlsDirectory, "ca.crt"));
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.Add(_root);
        _handler = new SocketsHttpHandler
        {
            SslOptions = { ClientCertificates = [_certificate], CertificateChainPolicy = trust },
        };
        _http = new HttpClient(_handler) { BaseAddress = new Uri($"https://{endpoint}"), Timeout = Timeout };
    }

    /// <summary>Joins the orderer to the channel that a genesis block begins; again, it changes nothing.</summary>
    /// <exception cref="OperatorException">The orderer refused.</exception>
    public async Task JoinAsync(string channel, byte[] genesisBlock, CancellationToken cancellation)
    {
        try
        {
            await TryJoinAsync(channel, genesisBlock, cancellation);
        }
        catch (HttpRequestException exception)
        {
            throw new OperatorException(
                $"{_name} does not answer at its admin endpoint {_http.BaseAddress}: {exception.Message} "
                + $"{exception.InnerException?.Message}\nAnother process may have that port.");
        }
    }

    private async Task TryJoinAsync(string channel, byte[] genesisBlock, CancellationToken cancellation)
    {
        var known = new Uri($"/participation/v1/channels/{channel}", UriKind.Relative);
        using var before = await _http.GetAsync(known, cancellation);
        if (before.StatusCode == HttpStatusCode.OK)
        {
            return;
        }

        using var block = new ByteArrayContent(genesisBlock);
        using var form = new MultipartFormDataContent { { block, "config-block", "config.block" } };
        using var answer = await _http.PostAsync(
            new Uri("/participation/v1/channels", UriKind.Relative), form, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new OperatorException(
                $"{_name} did not join the channel {channel}: {(int)answer.StatusCode} "
                + (await answer.Content.ReadAsStringAsync(cancellation)).Trim());
        }
    }

    /// <summary>Asks how many blocks of the channel the orderer has; null if it does not answer.</summary>
    public async Task<ulong?> TryReadHeightAsync(string channel, CancellationToken cancellation)
    {
        try
        {
            var known = await _http.GetFromJsonAsync<JsonObject>(
                new Uri($"/participation/v1/channels/{channel}", UriKind.Relative), cancellation);
            return (ulong?)known?["height"];
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
        _root.Dispose();
        _certificate.Dispose();
    }
}
