using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>A member's ledger, store and keys as files, to be backed up and restored without any process.</summary>
internal sealed class BackedUpMember : IDisposable
{
    private const string Mark = "mark";

    public static readonly Version Fabric = new(3, 1, 5);

    public string Root { get; } = Directory.CreateTempSubdirectory("microcreds-").FullName;

    /// <summary>At ports where nothing answers, as of another network of this machine.</summary>
    public Consortium Consortium { get; } =
        new Ports(replace: true).Settle(SampleConsortium.Read() with { Chaincodes = [] });

    public OrganizationSettings Linden => Consortium.Organizations.Single(o => o.MspId == "LindenMSP");

    public string Archive => Path.Combine(Root, "linden.tar.gz");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>A network whose ledger begins with a block of this content, at a member's peer that runs.</summary>
    public (InstitutionBackup Backup, RecordingEngine Engine, string State) Build(
        string name, Consortium consortium, string beginning, Version fabric)
    {
        string state = Path.Combine(Root, name);
        KeyMaterial.Ensure(state, consortium, DateTimeOffset.UtcNow);
        var files = new NativeFiles(state);
        byte[] hash = SHA256.HashData(ByteString.CopyFromUtf8(beginning).Span);
        var genesis = new Block { Header = new BlockHeader { DataHash = ByteString.CopyFrom(hash) } };
        string chain = Directory.CreateDirectory(files.PeerChannel(Linden, consortium.Channel)).FullName;
        File.WriteAllBytes(files.GenesisBlock, genesis.ToByteArray());
        File.WriteAllBytes(Path.Combine(chain, "blockfile_000000"), [7, 0, 32, .. hash, 0]);
        Directory.CreateDirectory(Path.Combine(state, InstitutionParts.GatewayData(Linden)));
        File.WriteAllText(Path.Combine(state, InstitutionParts.GatewayData(Linden), Mark), Mark);
        var engine = new RecordingEngine(state);
        engine.Running.UnionWith([InstitutionParts.Peer(Linden), InstitutionParts.Gateway(Linden)]);
        var backup = new InstitutionBackup(Known(state, engine, consortium), engine, fabric)
        {
            Patience = TimeSpan.FromSeconds(1),
        };
        return (backup, engine, state);
    }

    /// <summary>The network as commands find it in its state directory.</summary>
    public NetworkState Known(string state, IEngine engine, Consortium? consortium = null) => new()
    {
        State = state,
        Consortium = consortium ?? Consortium,
        Network = Up.Describe(consortium ?? Consortium, engine.Name, state, before: null),
        Engine = engine,
    };
}
