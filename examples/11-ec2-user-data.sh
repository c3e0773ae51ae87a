#!/bin/bash
# When you want this: the user data of a launch template whose instances are CircleCI machine runners in an Auto Scaling group.
# The image has the package circleci-runner and the AWS CLI; the token of the resource class is in the Parameter Store.
# The instance registers under its instance id, by which the autoscaler knows it, and ends itself after its one task, taking
# its place out of the desired capacity. If anything here fails, it ends itself as well.
set -euo pipefail

resource_class_token=/circleci/acme/linux-large

metadata() {
  local token
  token=$(curl -sSf -X PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
  curl -sSf "http://169.254.169.254/latest/meta-data/$1" -H "X-aws-ec2-metadata-token: $token"
}
instance_id=$(metadata instance-id)
region=$(metadata placement/region)

# Below MinSize AWS refuses to take the place away; then the instance is replaced.
cat > /usr/local/bin/leave-group <<END
#!/bin/bash
leave() { aws autoscaling terminate-instance-in-auto-scaling-group --region $region --instance-id $instance_id "\$1"; }
leave --should-decrement-desired-capacity || leave --no-should-decrement-desired-capacity || shutdown -h now
END
chmod 755 /usr/local/bin/leave-group
trap /usr/local/bin/leave-group ERR

install -m 600 /dev/null /etc/circleci-runner/environment
cat > /etc/circleci-runner/environment <<END
CIRCLECI_RUNNER_NAME=$instance_id
CIRCLECI_RUNNER_API_AUTH_TOKEN=$(aws ssm get-parameter --region "$region" --name "$resource_class_token" --with-decryption --query Parameter.Value --output text)
CIRCLECI_RUNNER_MODE=single-task
CIRCLECI_RUNNER_IDLE_TIMEOUT=5m
END

# One TERM lets the task end, however long it takes; a second one would kill it.
mkdir -p /etc/systemd/system/circleci-runner.service.d
cat > /etc/systemd/system/circleci-runner.service.d/one-task.conf <<'END'
[Service]
EnvironmentFile=/etc/circleci-runner/environment
Restart=no
TimeoutStopSec=18300
ExecStopPost=+/usr/local/bin/leave-group
END
systemctl daemon-reload
systemctl enable --now circleci-runner
