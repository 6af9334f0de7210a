using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;
using MicroCreds.Fabric.DevNetwork.Orderer;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Operator.Engines.Native.Membership;
using MicroCreds.Ledger.Tests.Tidy;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>A channel's configuration, the keys of its members, and a newcomer that asks to join.</summary>
internal sealed class SampleChannel : IDisposable
{
    public const string Newcomer = "SkerryMSP";

    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;
    private readonly Consortium _members = SampleConsortium.Read();
    private readonly OrganizationSettings _newcomer = NewcomerFile.Read(
        Path.Combine(Repository.Root, "network", "newcomer.json")).Organization;

    public SampleChannel()
    {
        Now = DateTimeOffset.UtcNow;
        Rules = RulesOf(_members);
        Definition = RulesOf(_members with { Organizations = [_newcomer] })[Newcomer];
    }

    public DateTimeOffset Now { get; }

    public ChannelRules Rules { get; }

    /// <summary>The newcomer's part of a configuration, to be spoilt.</summary>
    public ConfigGroup Definition { get; }

    public byte[] Update => Rules.ComputeAdmission(_members.Channel, Request);

    public MembershipRequest Request => new() { Organization = _newcomer, Definition = Definition.ToByteArray() };

    /// <summary>Where the members' signatures are collected.</summary>
    public string Signatures => Directory.CreateDirectory(Path.Combine(_state, "signatures")).FullName;

    /// <summary>A member's files.</summary>
    public OrganizationFiles FilesOf(string mspId) => new(_state, DomainOf(mspId));

    /// <summary>A member's folder, as the channel's configuration was made from.</summary>
    public string MspOf(string mspId) =>
        Path.Combine(_state, "organizations", "peerOrganizations", DomainOf(mspId), "msp");

    /// <summary>A member's signature on the request.</summary>
    public MembershipSignature Sign(string mspId)
    {
        using var admin = new Admin(mspId, FilesOf(mspId));
        return MembershipSignature.Make(Newcomer, Update, admin);
    }

    /// <summary>Puts a signature where those of all members are collected.</summary>
    public void Collect(MembershipSignature signature, string name) =>
        ExchangeFile.Write(Path.Combine(Signatures, $"{name}.json"), signature);

    /// <summary>Writes a request down, and reads it as a member does.</summary>
    public MembershipRequest ReadAgain(MembershipRequest request)
    {
        string file = Path.Combine(_state, "request.json");
        ExchangeFile.Write(file, request);
        return MembershipRequest.Read(file);
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private string DomainOf(string mspId) =>
        _members.Organizations.Append(_newcomer).Single(o => o.MspId == mspId).Domain;

    private ChannelRules RulesOf(Consortium consortium)
    {
        KeyMaterial.Ensure(_state, consortium, Now);
        string organizations = Path.Combine(_state, "organizations");
        var orderer = new OrganizationMaterial(
            Path.Combine(organizations, "ordererOrganizations", consortium.Orderer.Domain), consortium.Orderer.MspId,
            consortium.Orderer.Domain);
        var msps = consortium.Organizations.Select(organization => new OrganizationMaterial(
                Path.Combine(organizations, "peerOrganizations", organization.Domain), organization.MspId,
                organization.Domain))
            .Append(orderer).ToDictionary(material => material.MspId, material => material.Msp);
        return ChannelRules.Of(new ChannelConfiguration(consortium, msps).ToEnvelope(Now));
    }
}
