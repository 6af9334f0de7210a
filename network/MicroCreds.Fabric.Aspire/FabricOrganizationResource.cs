using Aspire.Hosting.ApplicationModel;

namespace MicroCreds.Fabric.Aspire;

/// <summary>An organisation of a <see cref="FabricNetworkResource"/>: its authority, its peer and its users.</summary>
/// <remarks>Immutable. <see cref="FabricNetworkBuilderExtensions.AddOrganization"/> adds one.</remarks>
public sealed class FabricOrganizationResource : Resource, IResourceWithParent<FabricNetworkResource>
{
    internal FabricOrganizationResource(string name, string mspId, FabricNetworkResource parent)
        : base(name) => (MspId, Parent) = (mspId, parent);

    /// <summary>The MSP id.</summary>
    public string MspId { get; }

    /// <summary>The network.</summary>
    public FabricNetworkResource Parent { get; }

    /// <summary>The DNS domain that names its certificates.</summary>
    internal string Domain => $"{Name.ToLowerInvariant()}.example";
}
