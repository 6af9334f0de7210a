using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>Looks at a server's TLS material, and at what really answers at its endpoint.</summary>
internal static class TlsExamination
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Looks at server.crt, server.key and ca.crt of a folder.</summary>
    /// <param name="subject">Whose it is, for messages.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="host">The name or address by which others reach it.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Finding> ExamineFiles(string subject, string directory, string host, DateTimeOffset now)
    {
        var findings = new List<Finding>();
        string root = Path.Combine(directory, "ca.crt");
        using var certificate = CertificateExamination.TryRead(
            subject, Path.Combine(directory, "server.crt"), findings);
        using var authority = CertificateExamination.TryRead(subject, root, findings);
        if (certificate is null || authority is null)
        {
            return findings;
        }

        findings.AddRange(CertificateExamination.ExamineTime(subject, certificate, now));
        findings.AddRange(CertificateExamination.ExamineIssuer(
            subject, certificate, [authority], $"the TLS authority in {root}"));
        findings.AddRange(CertificateExamination.ExamineKey(
            subject, certificate, Path.Combine(directory, "server.key")));
        findings.AddRange(ExamineName(subject, certificate, host));
        return findings;
    }

    /// <summary>Connects as a client would, and says what stands in the way.</summary>
    public static async Task<IReadOnlyList<Finding>> ExamineEndpointAsync(
        string subject, string endpoint, string rootFile, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        using var authority = CertificateExamination.TryRead(subject, rootFile, findings);
        if (authority is null)
        {
            return findings;
        }

        var address = IPEndPoint.Parse(endpoint);
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(ConnectTimeout);
        try
        {
            await socket.ConnectAsync(address, deadline.Token);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            findings.Add(new Finding(
                subject,
                $"nothing answers at {endpoint}; Fabric's clients say \"UNAVAILABLE\" or \"deadline exceeded\".",
                "start it (scripts/up.sh), or correct the address; scripts/logs.sh shows why it ended."));
            return findings;
        }

        findings.AddRange(await ShakeHandsAsync(subject, endpoint, socket, authority, address, deadline.Token));
        return findings;
    }

    private static async Task<List<Finding>> ShakeHandsAsync(
        string subject, string endpoint, Socket socket, X509Certificate2 authority, IPEndPoint address,
        CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        X509Certificate2? shown = null;
        using var stream = new NetworkStream(socket);
        using var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = address.Address.ToString(),
                    ApplicationProtocols = [SslApplicationProtocol.Http2],

                    // What is shown is looked at below: a handshake that fails does not say at what.
                    RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    {
                        shown = certificate is null ? null : new X509Certificate2(certificate);
                        return errors == SslPolicyErrors.None;
                    },
                },
                cancellation);
        }
        catch (Exception exception)
            when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            if (shown is null)
            {
                findings.Add(new Finding(
                    subject,
                    $"{endpoint} does not speak TLS; Fabric's clients say \"first record does not look like a TLS "
                        + "handshake\".",
                    "switch TLS on there, or correct the address: another service may have the port."));
            }
        }

        if (shown is not null)
        {
            findings.AddRange(CertificateExamination.ExamineIssuer(
                subject, shown, [authority], "the TLS authority that its clients trust"));
            findings.AddRange(ExamineName(subject, shown, address.Address.ToString()));
            shown.Dispose();
        }

        return findings;
    }

    private static IEnumerable<Finding> ExamineName(string subject, X509Certificate2 certificate, string host)
    {
        if (!certificate.MatchesHostname(host))
        {
            yield return new Finding(
                subject,
                $"its TLS certificate is not for \"{host}\", by which it is reached; clients say \"certificate is "
                    + "valid for …, not …\".",
                $"issue it again with {host} among its alternative names, or reach it by a name that is there.");
        }
    }
}
