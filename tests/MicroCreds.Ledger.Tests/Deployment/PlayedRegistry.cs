using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Ledger.Tests.Deployment;

/// <summary>A registry of images without TLS, in memory, with one image of a file or so to build on.</summary>
internal sealed class PlayedRegistry : IAsyncDisposable
{
    public const string BaseRepository = "dotnet/aspnet";

    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    private static readonly string[] Settings = ["PATH=/usr/bin:/bin"];

    private readonly ConcurrentDictionary<string, byte[]> _blobs = [];
    private readonly ConcurrentDictionary<string, byte[]> _manifests = [];
    private readonly WebApplication _service;

    private PlayedRegistry(WebApplication service) => _service = service;

    /// <summary>Its name before an image's: host and port.</summary>
    public string Name => $"localhost:{new Uri(_service.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses.Single()).Port}";

    /// <summary>Starts one that has the base image under a tag.</summary>
    public static async Task<PlayedRegistry> StartAsync(string tag)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(limits =>
            limits.Limits.MaxRequestBodySize = null);
        var registry = new PlayedRegistry(builder.Build());
        registry._service.Run(registry.AnswerAsync);
        registry.MakeBase(tag);
        await registry._service.StartAsync();
        return registry;
    }

    /// <summary>The manifest that was pushed under a tag; null if none was.</summary>
    public JsonNode? Manifest(string repository, string tag) =>
        _manifests.TryGetValue($"{repository}/{tag}", out byte[]? bytes) ? JsonNode.Parse(bytes) : null;

    public byte[] Blob(string digest) => _blobs[digest];

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    private string Keep(byte[] bytes)
    {
        string digest = DigestOf(bytes);
        _blobs[digest] = bytes;
        return digest;
    }

    private void MakeBase(string tag)
    {
        using var layer = new MemoryStream();
        using (var tar = new TarWriter(layer, leaveOpen: true))
        {
            var file = new PaxTarEntry(TarEntryType.RegularFile, "etc/base") { DataStream = new MemoryStream([1]) };
            tar.WriteEntry(file);
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(layer.ToArray());
        byte[] config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Env = Settings },
            rootfs = new { type = "layers", diff_ids = new[] { DigestOf(layer.ToArray()) } },
            history = Array.Empty<object>(),
        });
        object Part(string type, byte[] bytes) => new { mediaType = type, size = bytes.Length, digest = Keep(bytes) };
        _manifests[$"{BaseRepository}/{tag}"] = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = Part("application/vnd.docker.container.image.v1+json", config),
            layers = new[] { Part("application/vnd.docker.image.rootfs.diff.tar.gzip", packed.ToArray()) },
        });
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // /v2/<repository>/<manifests, blobs or blobs/uploads>/<reference>
        string[] parts = context.Request.Path.Value!.Trim('/').Split('/');
        string reference = parts[^1];
        string kind = parts.Length > 3 ? parts[^2] : "";
        string key = parts.Length > 3 ? $"{string.Join('/', parts[1..^2])}/{reference}" : "";
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        switch (context.Request.Method, kind)
        {
            case ("GET" or "HEAD", "manifests"):
                await SendAsync(context, _manifests.GetValueOrDefault(key), ManifestType);
                break;
            case ("GET" or "HEAD", "blobs"):
                await SendAsync(context, _blobs.GetValueOrDefault(reference), "application/octet-stream");
                break;
            case ("GET", _):
                break;
            case ("PUT", "manifests"):
                _manifests[key] = body.ToArray();
                context.Response.Headers["Docker-Content-Digest"] = DigestOf(body.ToArray());
                context.Response.StatusCode = StatusCodes.Status201Created;
                break;
            default:
                Upload(context, reference, body.ToArray());
                break;
        }
    }

    /// <summary>An upload: begun by POST, added to by PATCH, finished by PUT.</summary>
    private void Upload(HttpContext context, string upload, byte[] bytes)
    {
        bool begins = context.Request.Method == "POST";
        string name = begins ? $"{Guid.NewGuid():N}" : upload;
        byte[] all = [.. _blobs.GetValueOrDefault(name) ?? [], .. bytes];
        _blobs[name] = all;
        string place = context.Request.Path.Value!.TrimEnd('/');
        context.Response.Headers.Location = begins ? $"{place}/{name}" : place;
        context.Response.Headers.Range = $"0-{Math.Max(all.Length - 1, 0)}";
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        if (context.Request.Method == "PUT")
        {
            context.Response.Headers["Docker-Content-Digest"] = Keep(all);
            context.Response.StatusCode = StatusCodes.Status201Created;
        }
    }

    private static async Task SendAsync(HttpContext context, byte[]? bytes, string type)
    {
        if (bytes is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers["Docker-Content-Digest"] = DigestOf(bytes);
        if (context.Request.Method == "GET") await context.Response.Body.WriteAsync(bytes);
    }
}
