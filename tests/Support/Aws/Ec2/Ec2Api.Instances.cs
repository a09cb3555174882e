using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Ec2;

// Instances, their volumes, and launch templates.
public sealed partial class Ec2Api
{
    private static readonly Dictionary<string, int> StateCodes = new()
    {
        ["pending"] = 0,
        ["running"] = 16,
        ["shutting-down"] = 32,
        ["terminated"] = 48,
        ["stopping"] = 64,
        ["stopped"] = 80,
    };

    private static readonly Kind<CloudVolume> Volume =
        new("volumeSet", "VolumeId", "InvalidVolume.NotFound", "volume", seen => VolumeItem(seen))
        {
            EitherIdsOrPages = true,
            Filters = new()
            {
                ["volume-id"] = volume => [volume.Id],
                ["status"] = volume => [volume.InstanceId is null ? "available" : "in-use"],
                ["attachment.instance-id"] = volume => [volume.InstanceId],
                ["availability-zone"] = volume => [volume.Zone],
            },
        };

    private static readonly Kind<CloudLaunchTemplate> LaunchTemplate =
        new("launchTemplates", "LaunchTemplateId", "InvalidLaunchTemplateId.NotFound", "launch template", seen => string.Concat(
            E("launchTemplateId", seen.Resource.Id), E("launchTemplateName", seen.Resource.Name), E("createTime", seen.Resource.Created),
            E("defaultVersionNumber", 1), E("latestVersionNumber", 1), TagSet(seen.Tags)))
        {
            Sizes = (1, 200),
            Filters = new() { ["launch-template-name"] = template => [template.Name] },
        };

    private static Kind<CloudInstance> Instance(Ec2Region region) =>
        new("reservationSet", "InstanceId", "InvalidInstanceID.NotFound", "instance ID", seen => Reservation(region, seen))
        {
            EitherIdsOrPages = true,
            Filters = new()
            {
                ["instance-id"] = instance => [instance.Id],
                ["instance-state-name"] = instance => [instance.State],
                ["instance-type"] = instance => [instance.InstanceType],
                ["vpc-id"] = instance => [instance.VpcId],
                ["subnet-id"] = instance => [instance.SubnetId],
            },
        };

    private void AddInstances()
    {
        _actions["DescribeInstances"] = (call, region) => Describe(call, region.Instances, Instance(region));
        _actions["TerminateInstances"] = Terminate;
        _actions["DescribeVolumes"] = (call, region) => Describe(call, region.Volumes, Volume);
        _actions["DeleteVolume"] = (call, region) =>
        {
            var volume = Find(region.Volumes, Volume, call.Required("VolumeId"));
            if (volume.InstanceId is { } user)
                throw new AwsRefusedException(400, "VolumeInUse", $"Volume {volume.Id} is currently attached to {user}");
            region.Volumes.Remove(volume);
            return Done;
        };
        _actions["DescribeLaunchTemplates"] = (call, region) => Describe(call, region.LaunchTemplates, LaunchTemplate);
        _actions["DeleteLaunchTemplate"] = (call, region) =>
        {
            var template = Find(region.LaunchTemplates, LaunchTemplate, call.Required("LaunchTemplateId"));
            region.LaunchTemplates.Remove(template);
            return In("launchTemplate", E("launchTemplateId", template.Id), E("launchTemplateName", template.Name));
        };
    }

    // All or none: one that is not there, or is protected, and nothing ends.
    private static string Terminate(ApiCall call, Ec2Region region)
    {
        var ids = call.Form.List("InstanceId");
        if (ids.Count == 0) throw AwsRefusedException.Fault("MissingParameter", "The request must contain the parameter InstanceId");
        var instances = ids.Select(id => Find(region.Instances, Instance(region), id)).ToList();
        if (instances.FirstOrDefault(instance => instance.Protected && instance.State != "terminated") is { } kept)
        {
            throw new AwsRefusedException(400, "OperationNotPermitted",
                $"The instance '{kept.Id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.");
        }
        return Xml.List("instancesSet", "item", instances.Select(instance =>
        {
            var before = instance.State;
            if (before is not ("shutting-down" or "terminated"))
                (instance.State, instance.RequestsLeft) = ("shutting-down", region.RequestsUntilTerminated);
            return E("instanceId", instance.Id) + In("currentState", State(instance.State)) + In("previousState", State(before));
        }).ToList());
    }

    private static string State(string name) => E("code", StateCodes[name]) + E("name", name);

    private static string Reservation(Ec2Region region, Seen<CloudInstance> seen)
    {
        var instance = seen.Resource;
        var cards = region.Interfaces.All.Where(card => card.Attachment?.InstanceId == instance.Id).ToList();
        var first = cards.FirstOrDefault(card => card.Attachment!.Device == 0);
        var address = region.Addresses.All.FirstOrDefault(one => first is not null && one.InterfaceId == first.Id);
        return E("reservationId", $"r-{instance.Id[2..]}") + E("ownerId", AwsServer.Account) + Xml.List("instancesSet", "item",
        [
            string.Concat(
                E("instanceId", instance.Id), E("imageId", instance.Image), In("instanceState", State(instance.State)),
                E("instanceType", instance.InstanceType), E("launchTime", instance.Created),
                In("placement", E("availabilityZone", instance.Zone), E("tenancy", instance.Tenancy)),
                E("subnetId", instance.SubnetId), E("vpcId", instance.VpcId), E("privateIpAddress", first?.PrivateIps[0]),
                E("ipAddress", address?.PublicIp), E("architecture", "x86_64"), E("rootDeviceType", "ebs"),
                E("rootDeviceName", "/dev/xvda"),
                Xml.List("blockDeviceMapping", "item", region.Volumes.All.Where(volume => volume.InstanceId == instance.Id).Select(volume =>
                    E("deviceName", "/dev/xvda") + In("ebs", E("volumeId", volume.Id), E("status", "attached"),
                        E("attachTime", instance.Created), E("deleteOnTermination", volume.DeleteOnTermination)))),
                Xml.List("networkInterfaceSet", "item", cards.Select(card => string.Concat(
                    E("networkInterfaceId", card.Id), E("subnetId", card.SubnetId), E("vpcId", card.VpcId), E("status", "in-use"),
                    E("privateIpAddress", card.PrivateIps[0]), AttachmentOf(card, withInstance: false)))),
                instance.ProfileArn is null ? "" : In("iamInstanceProfile", E("arn", instance.ProfileArn), E("id", "AIPA1")),
                E("instanceLifecycle", instance.Lifecycle),
                In("cpuOptions", E("coreCount", instance.Cores), E("threadsPerCore", instance.Threads)),
                TagSet(seen.Tags)),
        ]);
    }

    private static string VolumeItem(Seen<CloudVolume> seen)
    {
        var volume = seen.Resource;
        return string.Concat(
            E("volumeId", volume.Id), E("size", volume.SizeGb), E("availabilityZone", volume.Zone),
            E("status", volume.InstanceId is null ? "available" : "in-use"), E("createTime", volume.Created),
            Xml.List("attachmentSet", "item", volume.InstanceId is null ? [] :
            [
                E("volumeId", volume.Id) + E("instanceId", volume.InstanceId) + E("device", "/dev/xvda") + E("status", "attached")
                    + E("deleteOnTermination", volume.DeleteOnTermination),
            ]),
            TagSet(seen.Tags), E("volumeType", volume.VolumeType), E("encrypted", true));
    }
}
